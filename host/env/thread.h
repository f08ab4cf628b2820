// A host thread has a name that `ps -L` shows and leaves every signal to the main thread.
#pragma once

#include <functional>
#include <optional>
#include <thread>

namespace tidegate {

// Nothing when the system has no more threads. Names: at most 15 characters.
std::optional<std::thread> StartThread(const char* name, std::function<void()> body);

}  // namespace tidegate
