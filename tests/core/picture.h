// A Picture drives a Resource or a Monitor with events and draws what it answers, line by line.
#pragma once

#include <string>
#include <variant>

#include "host/core/monitor.h"
#include "host/core/resource.h"
#include "host/core/text.h"

namespace tidegate::test {

// "> " is what the world says, what is indented is the answer. Timers show as "arm #n at T".
class Picture {
 public:
  explicit Picture(Resource& resource) : resource_(resource) {}

  template <class What>
  Picture& Say(Duration at, What what) {
    const Event event{Instant{} + at, std::move(what)};
    text_ += "> " + tidegate::Text(at) + " " + tidegate::Text(event) + "\n";
    for (const Effect& effect : resource_.Step(event)) {
      text_ += "    " + tidegate::Text(effect) + "\n";
    }
    return *this;
  }

  // What was drawn since the last call, with a leading newline so that goldens start on a line.
  std::string Take() { return "\n" + std::exchange(text_, {}); }

 private:
  Resource& resource_;
  std::string text_;
};

inline std::string Drawn(const Effects& effects) {
  std::string text = "\n";
  for (const Effect& effect : effects) text += tidegate::Text(effect) + "\n";
  return text;
}

}  // namespace tidegate::test
