#pragma once

#include <tuple>

#include <mcfa/backend/reference.hpp>

namespace mcfa::test {

/// Every law is tested on each of these.
using backends = std::tuple<backend::reference>;

} // namespace mcfa::test
