// Reading and writing the cluster database.
#include "host/apps/resource_dll/windows/cluster_registry.h"

#include <cstring>
#include <mutex>
#include <vector>

#include "host/apps/resource_dll/windows/cluster_api.h"
#include "host/core/limits.h"

namespace tidegate {
namespace {

// Sources: ClusterRegCreateKey and its neighbours, clusapi.h.
struct ClusterApi {
  LONG(WINAPI* create_key)
  (HKEY, LPCWSTR, DWORD, REGSAM, SECURITY_ATTRIBUTES*, HKEY*, DWORD*) = nullptr;
  LONG(WINAPI* close_key)(HKEY) = nullptr;
  DWORD(WINAPI* enum_value)(HKEY, DWORD, LPWSTR, DWORD*, DWORD*, BYTE*, DWORD*) = nullptr;
  DWORD(WINAPI* set_value)(HKEY, LPCWSTR, DWORD, const BYTE*, DWORD) = nullptr;
  DWORD(WINAPI* delete_value)(HKEY, LPCWSTR) = nullptr;

  bool complete() const {
    return create_key != nullptr && close_key != nullptr && enum_value != nullptr &&
           set_value != nullptr && delete_value != nullptr;
  }
};

ClusterApi FindClusterApi() {
  ClusterApi api;
  const auto find = [&]<class F>(F& function, const char* name) {
    function = ClusterFunction<F>(name);
  };
  find(api.create_key, "ClusterRegCreateKey");
  find(api.close_key, "ClusterRegCloseKey");
  find(api.enum_value, "ClusterRegEnumValue");
  find(api.set_value, "ClusterRegSetValue");
  find(api.delete_value, "ClusterRegDeleteValue");
  return api;
}

Error Failed(const std::string& what, LONG error) {
  return {static_cast<ErrorCode>(error), "",
          what + ": " + SystemErrorText(static_cast<DWORD>(error))};
}

class ClusterParameters final : public ParameterStore {
 public:
  ClusterParameters(const ClusterApi& api, HKEY key) : api_(api), key_(key) {}
  ~ClusterParameters() override {
    if (parameters_ != nullptr) api_.close_key(parameters_);
  }

  Result<Properties> Read() override;
  Outcome Write(const std::string& name, const std::optional<PropertyValue>& value) override;

 private:
  // Opened at first use: at Open it need not be there yet.
  Outcome OpenKey();

  const ClusterApi api_;
  const HKEY key_;
  std::mutex mutex_;
  HKEY parameters_ = nullptr;
};

Outcome ClusterParameters::OpenKey() {
  if (parameters_ != nullptr) return Ok();
  const LONG error =
      api_.create_key(key_, L"Parameters", 0, KEY_READ | KEY_WRITE, nullptr, &parameters_, nullptr);
  if (error == ERROR_SUCCESS) return Ok();
  parameters_ = nullptr;
  return Failed("the resource's Parameters key", error);
}

std::optional<PropertyValue> ValueOf(DWORD type, const std::vector<BYTE>& data, DWORD size) {
  if (type == REG_DWORD && size == sizeof(DWORD)) {
    DWORD number = 0;
    std::memcpy(&number, data.data(), sizeof number);
    return PropertyValue(static_cast<std::int64_t>(number));
  }
  if (type == REG_QWORD && size == sizeof(std::int64_t)) {
    std::int64_t number = 0;
    std::memcpy(&number, data.data(), sizeof number);
    return PropertyValue(number);
  }
  if (type != REG_SZ && type != REG_EXPAND_SZ) return std::nullopt;
  std::wstring text(size / sizeof(wchar_t), L'\0');
  std::memcpy(text.data(), data.data(), text.size() * sizeof(wchar_t));
  return PropertyValue(Utf8(text.substr(0, text.find(L'\0'))));
}

Result<Properties> ClusterParameters::Read() {
  const std::scoped_lock lock(mutex_);
  if (const Outcome opened = OpenKey(); !opened) return opened.error();
  Properties values;
  std::vector<wchar_t> name(256);
  std::vector<BYTE> data(limits::kStoreValueBytes);
  for (DWORD index = 0;; ++index) {
    auto name_size = static_cast<DWORD>(name.size());
    auto size = static_cast<DWORD>(data.size());
    DWORD type = 0;
    const DWORD error =
        api_.enum_value(parameters_, index, name.data(), &name_size, &type, data.data(), &size);
    if (error == ERROR_NO_MORE_ITEMS) return values;
    if (error == ERROR_MORE_DATA) continue;  // none of ours is that long
    if (error != ERROR_SUCCESS) return Failed("the values of Parameters", static_cast<LONG>(error));
    if (auto value = ValueOf(type, data, size)) {
      values.insert_or_assign(Utf8({name.data(), name_size}), std::move(*value));
    }
  }
}

Outcome ClusterParameters::Write(const std::string& name,
                                 const std::optional<PropertyValue>& value) {
  const std::scoped_lock lock(mutex_);
  if (const Outcome opened = OpenKey(); !opened) return opened;
  const std::wstring wide = Wide(name);
  const auto set = [&](DWORD type, const void* data, std::size_t size) {
    return api_.set_value(parameters_, wide.c_str(), type, static_cast<const BYTE*>(data),
                          static_cast<DWORD>(size));
  };
  DWORD error = ERROR_SUCCESS;
  if (!value) {
    error = api_.delete_value(parameters_, wide.c_str());
    if (error == ERROR_FILE_NOT_FOUND) error = ERROR_SUCCESS;
  } else if (const auto* text = std::get_if<std::string>(&*value)) {
    const std::wstring data = Wide(*text);
    error = set(REG_SZ, data.c_str(), (data.size() + 1) * sizeof(wchar_t));
  } else if (const auto* flag = std::get_if<bool>(&*value)) {
    const DWORD number = *flag ? 1 : 0;
    error = set(REG_DWORD, &number, sizeof number);
  } else {
    const std::int64_t number = std::get<std::int64_t>(*value);
    const auto small = static_cast<DWORD>(number);
    error = number == static_cast<std::int64_t>(small) ? set(REG_DWORD, &small, sizeof small)
                                                       : set(REG_QWORD, &number, sizeof number);
  }
  if (error == ERROR_SUCCESS) return Ok();
  return Failed("property " + name, static_cast<LONG>(error));
}

}  // namespace

Result<std::shared_ptr<ParameterStore>> OpenClusterParameters(abi::Key resource_key) {
  static const ClusterApi api = FindClusterApi();
  if (resource_key == nullptr) {
    return Error{ErrorCode::kInvalidParameter, "",
                 "the resource has no key in the cluster database"};
  }
  if (!api.complete()) {
    return Error{ErrorCode::kNotSupported, "",
                 "this machine has no cluster: clusapi.dll lacks "
                 "the functions of the cluster database"};
  }
  return std::shared_ptr<ParameterStore>(
      std::make_shared<ClusterParameters>(api, static_cast<HKEY>(resource_key)));
}

}  // namespace tidegate
