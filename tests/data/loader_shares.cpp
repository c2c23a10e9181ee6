// SPDX-License-Identifier: MIT
#include <mcfa/cascade/heads.hpp>
#include <mcfa/data/split.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <mutex>
#include <numeric>
#include <set>
#include <vector>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(loader_shares)

namespace {

struct look : attributes<"Smiling"> {};
struct tasks : heads<face_class, face_box, look> {};
encoding code() { return {{8, 12}, tasks::targets, tasks::terms, &tasks::encode, {"Smiling"}}; }

/// Drawn faces, two of which cannot be read; it knows which photos were asked for.
class watched_faces : public dataset {
public:
    std::size_t size() const override { return drawn_.source().size(); }
    std::string name(std::size_t i) const override { return drawn_.source().name(i); }
    bool has_face(std::size_t) const override { return true; }
    annotation label(std::size_t i) const override { return drawn_.source().label(i); }
    example load(std::size_t i) const override {
        {
            std::lock_guard const lock(mutex_);
            asked_.insert(i);
        }
        if (i == 3 || i == 11) throw file_error(name(i), "is no photo");
        return drawn_.source().load(i);
    }
    std::shared_ptr<attribute_table const> attributes() const override { return drawn_.source().attributes(); }
    std::set<std::size_t> asked() const { return asked_; }

private:
    synthetic_faces drawn_{23, seed{4}, 40};
    mutable std::mutex mutex_;
    mutable std::set<std::size_t> asked_;
};

void append(batch const& rows, std::vector<float>& to) {
    for (std::size_t n = 0; n < rows.size; ++n) {
        auto const add = [&](float const* values, std::size_t width) { to.insert(to.end(), values + n * width, values + (n + 1) * width); };
        to.push_back(static_cast<float>(rows.photos.at(n)));
        for (auto const& windows : rows.windows) add(windows.data(), windows.size() / windows.shape()[0]);
        add(rows.targets.data(), tasks::targets);
        add(rows.masks.data(), tasks::terms);
    }
}

split photos_of(std::shared_ptr<dataset const> const& faces) {
    std::vector<std::size_t> all(faces->size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return {faces, all, {}, {.limit = {}, .report = [](std::string const&) {}}};
}

} // namespace

BOOST_AUTO_TEST_CASE(ranks_together_read_every_batch_and_each_its_own_photos) {
    for (bool const training : {true, false})
        for (int const size : {1, 2, 3, 5}) {
            auto const faces = std::make_shared<watched_faces const>();
            auto whole = photos_of(faces).batches(code(), {.batch = 10, .training = training});
            std::vector<std::shared_ptr<watched_faces const>> own_faces;
            std::vector<loader> parts;
            for (int r = 0; r < size; ++r) {
                own_faces.push_back(std::make_shared<watched_faces const>());
                parts.push_back(photos_of(own_faces.back()).batches(code(), {.batch = 10, .training = training, .share = {3, r, size}}));
            }
            for (std::uint64_t epoch : {0, 1}) {
                std::vector<float> expected, found;
                batch rows;
                whole.begin(epoch);
                while (whole.next(rows)) append(rows, expected);
                for (loader& part : parts) {
                    BOOST_TEST(part.batches_per_epoch() == whole.batches_per_epoch());
                    part.begin(epoch);
                }
                for (std::size_t number = 0; number < whole.batches_per_epoch(); ++number)
                    for (int r = 0; r < size; ++r) {
                        loader& part = parts[static_cast<std::size_t>(r)];
                        for (std::size_t b = 0; b < part.blocks(number).count(r); ++b) {
                            BOOST_TEST(part.next(rows));
                            BOOST_TEST(rows.size <= 3u);
                            append(rows, found);
                        }
                    }
                for (loader& part : parts) BOOST_TEST(!part.next(rows));
                BOOST_TEST(expected.size() > 1000u);
                BOOST_TEST((found == expected), size << " ranks");
            }
            if (training) continue; // an epoch of another order
            std::size_t asked = 0;
            for (auto const& of_rank : own_faces) asked += of_rank->asked().size();
            BOOST_TEST(asked >= 23u);
            BOOST_TEST(asked <= 23u + static_cast<std::size_t>(size) * 5); // a photo's two windows may lie in two blocks
        }
}

BOOST_AUTO_TEST_SUITE_END()
