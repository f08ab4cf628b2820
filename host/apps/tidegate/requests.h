// Requests are what can be asked of a running host over its control socket, as JSON.
#pragma once

#include <mutex>
#include <string>

#include "host/apps/tidegate/host.h"

namespace tidegate {

// Handles requests for one host. `mutex` guards the host against its main thread.
class Requests {
 public:
  Requests(Host& host, std::mutex& mutex) : host_(host), mutex_(mutex) {}
  std::string Handle(const std::string& request, const std::string& who);

 private:
  Host& host_;
  std::mutex& mutex_;
};

}  // namespace tidegate
