// SPDX-License-Identifier: MIT
// Writes weights that were never trained, a good photo and bad input of every kind into a folder, for bad_input.sh.
#include <mcfa/backend/reference.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/image/codec/encode_jpeg.hpp>
#include <mcfa/image/write.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/zoo/slim.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using namespace mcfa;

namespace {

void write(fs::path const& path, std::vector<std::uint8_t> const& bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<char const*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) throw file_error(path.string(), "cannot be written");
}

image::pixels noise(int height, int width) {
    auto photo = image::blank(height, width);
    random_stream random{5};
    for (std::size_t i = 0; i < photo.size(); ++i) photo.data()[i] = static_cast<std::uint8_t>(random.below(256));
    return photo;
}

void run(fs::path const& out) {
    fs::remove_all(out);
    fs::create_directories(out / "photos" / "below.jpg"); // a folder that is called like a photo
    fs::create_directories(out / "nothing");
    model<zoo::slim_net, float, backend::reference> const m{seed{1}};
    io::save(m, out / "weights.safetensors", {{"cascade", "slim"}}, io::dtype::f16);
    auto const photos = out / "photos";
    image::write_png(photos / "good.png", noise(60, 80));
    image::write_png(photos / "one.png", image::blank(1, 1, 200, 100, 50));
    image::write_png(out / "large.png", image::blank(9000, 9000)); // a small file that takes 243 MB decoded
    write(photos / "empty.jpg", {});
    auto jpeg = image::encode_jpeg(noise(200, 300));
    std::vector<std::uint8_t> huge = jpeg; // its header claims 20000 x 20000 pixels
    for (std::size_t i = 0; i + 9 < huge.size(); ++i)
        if (huge[i] == 0xff && huge[i + 1] == 0xc0) {
            for (std::size_t k : {5u, 7u}) huge[i + k] = 20000 >> 8, huge[i + k + 1] = 20000 & 255;
            break;
        }
    write(photos / "huge.jpg", huge);
    jpeg.resize(jpeg.size() / 2);
    write(photos / "truncated.jpg", jpeg);
    std::string const text = "no photo, but words\n";
    write(photos / "text.jpg", {text.begin(), text.end()});
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 2) throw option_error("usage: bad_input FOLDER");
        run(argv[1]);
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "%s\n", problem.what());
        return 1;
    }
}
