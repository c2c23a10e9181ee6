// SPDX-License-Identifier: MIT
#include <mcfa/data/celeba.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>

using namespace mcfa;
using namespace mcfa::data;

namespace {

/// The real photos, where this machine has them.
std::filesystem::path lfw_folder() {
    char const* const set = std::getenv("MCFA_DATA");
    return set ? set : "";
}

boost::test_tools::assertion_result present(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result found(std::filesystem::is_directory(lfw_folder()));
    if (!found) found.message() << "skipped: set MCFA_DATA to the folder of LFW in CelebA's layout to run this test";
    return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(lfw, *boost::unit_test::precondition(present))

BOOST_AUTO_TEST_CASE(counts) {
    celeba const faces(lfw_folder());
    BOOST_TEST(faces.all().size() == 10804u);
    BOOST_TEST(faces.training().size() == 8564u);
    BOOST_TEST(faces.validation().size() == 955u);
    BOOST_TEST(faces.test().size() == 1285u);
    BOOST_TEST(faces.source().attributes()->names().size() == 40u);
    std::size_t with_landmarks = 0, male = 0;
    auto const index = static_cast<std::size_t>(faces.source().attributes()->find("Male"));
    for (std::size_t i = 0; i < faces.source().size(); ++i) {
        auto const truth = faces.source().label(i);
        with_landmarks += !truth.landmarks.empty();
        male += truth.attributes[index] == 1;
    }
    BOOST_TEST(with_landmarks == 3331u);
    BOOST_TEST(male == 6678u + 770 + 986);
}

BOOST_AUTO_TEST_CASE(nearly_every_photo_has_a_negative_window) {
    celeba const faces(lfw_folder());
    encoding const code{
        {32},
        1,
        1,
        [](window_label const& label, bool, std::span<float> target, std::span<float>) { target[0] = label.kind == window_kind::positive; },
        {}};
    auto batches = faces.validation().batches(code, {50, 2, {}, false});
    batch rows;
    batches.begin(0);
    std::size_t positive = 0, negative = 0;
    while (batches.next(rows))
        for (std::size_t i = 0; i < rows.size; ++i) ++(rows.targets(i, 0) > 0 ? positive : negative);
    BOOST_TEST(positive == 955u);
    BOOST_TEST(negative > 900u);
}

BOOST_AUTO_TEST_SUITE_END()
