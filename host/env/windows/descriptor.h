// A Descriptor is a security descriptor of the system, from its text in SDDL.
#pragma once

#include <string>

#include "host/env/windows/system.h"

namespace tidegate {

// Full access for SYSTEM and the administrators, for what is in a folder, too; nothing is
// inherited. Source: "Security Descriptor String Format".
inline constexpr wchar_t kOnlySystemAndAdministrators[] = L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

class Descriptor {
 public:
  explicit Descriptor(const wchar_t* sddl);
  ~Descriptor() { LocalFree(descriptor_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  explicit operator bool() const { return descriptor_ != nullptr; }
  // For whatever is made with it; lives as long as this does.
  SECURITY_ATTRIBUTES* attributes() { return &attributes_; }

 private:
  void* descriptor_ = nullptr;
  SECURITY_ATTRIBUTES attributes_{};
};

}  // namespace tidegate
