#pragma once

#include <tuple>

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/reference.hpp>

namespace mcfa::test {

/// Every law is tested on each of these.
using backends = std::tuple<backend::reference, backend::eigen>;

/// Those with a member `threads`.
using threaded_backends = std::tuple<backend::eigen>;

} // namespace mcfa::test
