// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace peers {

/// What is timed, and what is compared with the peers.
class subject {
public:
    virtual ~subject() = default;
    virtual void run() = 0;
    virtual std::vector<float> outputs() = 0;
};

/// Answers requests on standard input until it ends: `run N` with "times" and N times in milliseconds, `outputs FILE` with the values of
/// `outputs()` as float32 in FILE and "done". Throws `option_error` for any other request.
inline void serve(subject& s) {
    using clock = std::chrono::steady_clock;
    std::cout << "ready" << std::endl;
    std::string line, word;
    while (std::getline(std::cin, line)) {
        std::istringstream request(line);
        request >> word;
        if (word == "run") {
            int count = 0;
            request >> count;
            std::cout << "times";
            for (int i = 0; i < count; ++i) {
                auto const start = clock::now();
                s.run();
                std::cout << ' ' << std::chrono::duration<double, std::milli>(clock::now() - start).count();
            }
            std::cout << std::endl;
        } else if (word == "outputs") {
            std::string path;
            std::getline(request >> std::ws, path);
            auto const values = s.outputs();
            std::ofstream file(path, std::ios::binary);
            file.write(reinterpret_cast<char const*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
            file.close();
            std::cout << "done" << std::endl;
        } else {
            throw mcfa::option_error("no request is named '" + word + "'");
        }
    }
}

} // namespace peers
