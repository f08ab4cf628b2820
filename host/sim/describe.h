// Describing lanes and monitors to a digest of the run's state.
#pragma once

#include "host/core/digest.h"
#include "host/sim/digest.h"

namespace tidegate::sim {

template <class T, class... Args>
void DescribeTo(Digest& digest, const T& of, Args... args) {
  tidegate::Digest inner;
  of.Describe(inner, args...);
  digest.Add(inner.value());
}

}  // namespace tidegate::sim
