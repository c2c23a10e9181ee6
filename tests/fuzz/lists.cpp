// SPDX-License-Identifier: MIT
// A list of annotations of any content: what is accepted is safe to learn from. The first byte chooses the list.
#include "input.hpp"

#include <mcfa/data/celeba/annotation_lists.hpp>
#include <mcfa/data/celeba/corner_boxes.hpp>
#include <mcfa/data/celeba/source_file.hpp>
#include <mcfa/data/check_sample.hpp>
#include <mcfa/data/dataset.hpp>

namespace {

using namespace mcfa;

/// The photos of lists, none of which is loaded.
struct listed : data::dataset {
    explicit listed(data::annotation_rows const& rows) : rows(rows) {}
    std::size_t size() const override { return rows.truths.size(); }
    std::string name(std::size_t i) const override { return rows.names.at(i); }
    bool has_face(std::size_t i) const override { return rows.truths.at(i).face.has_value(); }
    annotation label(std::size_t i) const override { return rows.truths.at(i); }
    data::example load(std::size_t i) const override { return {image::blank(8, 8), rows.truths.at(i)}; }
    std::shared_ptr<attribute_table const> attributes() const override { return rows.attributes; }
    data::annotation_rows const& rows;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static fuzz::scratch_folder const folder;
    static auto const good = folder.put("good.txt", "3\nSmiling Male\na.jpg 1 -1\nb.jpg -1 0\nc.jpg 1 1\n");
    if (size == 0) return 0;
    int const kind = data[0] % 6;
    auto const path = folder.put("list.txt", fuzz::as_text({data + 1, size - 1}));
    fuzz::accepted([&] {
        auto rows = data::read_attributes(kind == 0 ? path : good);
        if (kind == 1) {
            data::read_boxes(path, rows);
            data::refuse_corner_boxes(path, folder.path(), rows, {});
        }
        if (kind == 2) data::read_landmarks(path, rows);
        if (kind == 3) data::read_other_faces(path, rows);
        if (kind == 4) data::read_source_facts(path);
        if (kind == 5)
            for (auto const& part : data::read_partition(path, rows))
                for (auto const photo : part) fuzz::expect(photo < rows.names.size(), "a part has photos of the list");
        fuzz::expect(rows.names.size() == rows.truths.size(), "every photo has a truth");
        listed const photos(rows);
        for (std::size_t i = 0; i < photos.size(); ++i) // throws what `accepted` would swallow, were it not for the second one
            fuzz::expect(fuzz::accepted([&] { data::check_annotation(photos, i, rows.truths[i], rows.attributes->names().size()); }),
                         "what a list says can be learned from");
    });
    return 0;
}
