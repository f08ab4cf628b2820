// tidegate swap, pin, unpin, history: the versions of running resources' policies.
#pragma once

namespace CLI {
class App;
}

namespace tidegate {

void AddSwapCommands(CLI::App& app, int& code);

}  // namespace tidegate
