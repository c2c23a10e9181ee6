// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

/// This class stands in a header of your own, which includes nothing of mcfa; what follows it, in one source.
class [[gnu::visibility("default")]] finder {
public:
    struct face {
        float left, top, width, height, probability;
    };
    explicit finder(char const* weights);
    ~finder();
    void find(std::uint8_t const* bgr, int height, int width, std::ptrdiff_t row_bytes, std::vector<face>& faces);

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

using namespace mcfa;

struct finder::parts {
    explicit parts(char const* weights) : m(zoo::pretrained::slim(std::filesystem::path(weights), backend::eigen{.threads = 1})) {}
    inference_model<zoo::slim_net, float, backend::eigen> m;
    detector<decltype(m)> find{m};
    std::vector<decltype(find)::face> found;
};

finder::finder(char const* weights) : parts_(std::make_unique<parts>(weights)) {}
finder::~finder() = default;

void finder::find(std::uint8_t const* bgr, int height, int width, std::ptrdiff_t row_bytes, std::vector<face>& faces) {
    parts_->find.into(parts_->found, image::frame{bgr, height, width, row_bytes, image::pixel_order::bgr});
    faces.clear();
    for (auto const& f : parts_->found) faces.push_back({f.box.left, f.box.top, f.box.width, f.box.height, f.probability});
}
