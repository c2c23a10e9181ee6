#pragma once

#include <tuple>

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/backend/threadwise.hpp>

namespace mcfa::test {

/// Every law is tested on each of these.
using backends = std::tuple<backend::reference, backend::eigen, backend::threadwise>;

/// Those with a member `threads`.
using threaded_backends = std::tuple<backend::eigen>;

} // namespace mcfa::test
