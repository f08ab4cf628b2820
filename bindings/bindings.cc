// The list of tables.
#include "bindings/bindings.h"

#include <array>

#include "bindings/tables.h"

namespace tidegate {

BindingList Bindings() {
  static const std::array<Library, 5> kLibraries = {VolumeLibrary(), ClusterLibrary(),
                                                    TimerLibrary(), StoreLibrary(), LogLibrary()};
  return {kLibraries, &PushResource};
}

}  // namespace tidegate
