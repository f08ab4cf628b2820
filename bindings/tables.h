// The bindings' tables, one file each.
#pragma once

#include "host/lua/library.h"

namespace tidegate {

const Library& VolumeLibrary();
const Library& ClusterLibrary();
const Library& TimerLibrary();
const Library& StoreLibrary();
const Library& LogLibrary();
const Library& ResourceLibrary();  // the methods of the entry points' first argument

int PushResource(lua_State* L);

// Seconds until the running entry point's time is up, to the millisecond; infinite without a
// deadline.
void PushSecondsLeft(lua_State* L);

}  // namespace tidegate
