// SPDX-License-Identifier: Apache-2.0
// What cannot score rows is no strategy, and the loop says so by the concept's name.
// fault: -DALX_FAULT
// says: satisfaction of .*strategy<Strategy>|does not satisfy 'strategy'
#include <alx/loop.hpp>

#ifdef ALX_FAULT
using chosen = alx::truth;
#else
using chosen = alx::strategy_archetype;
#endif

using made = alx::loop<alx::learner_archetype<alx::matrix_view<double const>>, chosen, alx::labels>;

made* pointer = nullptr;
