// Describing lanes and monitors to a digest of the run's state.
#pragma once

#include "host/engine/lane.h"
#include "host/sim/digest.h"
#if __has_include("host/core/digest.h")
#include "host/core/digest.h"
#endif

namespace tidegate {
class Digest;
}

namespace tidegate::sim {

template <class T, class D, class... Args>
concept Describable = requires(const T& of, D& digest, Args... args) { of.Describe(digest, args...); };

template <class T, class... Args, class D = tidegate::Digest>
void DescribeTo(Digest& digest, const T& of, Args... args) {
  if constexpr (Describable<T, D, Args...>) {
    D inner;
    of.Describe(inner, args...);
    digest.Add(inner.value());
  }
}
inline constexpr bool kLanesDescribe = Describable<Lane, tidegate::Digest>;

}  // namespace tidegate::sim
