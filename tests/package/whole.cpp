// SPDX-License-Identifier: MIT
#include "net.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/image/write.hpp>

int main() {
    auto const photo = mcfa::image::blank(4, 6, 10, 20, 30);
    mcfa::image::write_png("consumer.png", photo);
    mcfa::image::write_jpeg("consumer.jpg", photo);
    bool const photos = mcfa::image::read("consumer.png") == photo && mcfa::image::read("consumer.jpg").shape() == photo.shape();
    return photos && runs_on<mcfa::backend::eigen>() ? 0 : 1;
}
