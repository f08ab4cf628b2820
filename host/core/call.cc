// Calls and replies as text.
#include "host/core/call.h"

#include <array>
#include <variant>

namespace tidegate {
namespace {

std::string Quoted(const std::string& s) {
  std::string out;
  for (const char c : s) {
    const auto u = static_cast<unsigned char>(c);
    if (u <= ' ' || u == '"' || u == '\\' || u >= 0x7f) {
      constexpr char kHex[] = "0123456789abcdef";
      out += {'\\', 'x', kHex[u >> 4], kHex[u & 15]};
    } else {
      out += c;
    }
  }
  return out;
}

std::string FieldText(bool b) { return b ? "true" : "false"; }
std::string FieldText(std::int64_t n) { return std::to_string(n); }
std::string FieldText(const std::string& s) { return Quoted(s); }
std::string FieldText(VolumeHandle h) { return std::to_string(h.id); }
std::string FieldText(Duration d) { return Text(d); }
std::string FieldText(std::monostate) { return ""; }
std::string FieldText(const Extent& e) {
  return std::to_string(e.disk) + "@" + std::to_string(e.offset) + "+" + std::to_string(e.length);
}
std::string FieldText(const VolumeAttributes& a) {
  return a.kind + "," + Quoted(a.device) + "," + a.file_system + "," + Quoted(a.mounted_at) + "," +
         std::to_string(a.size) + "," + std::to_string(a.sector_size) + (a.read_only ? ",ro" : "");
}
std::string FieldText(const Reservation& r) {
  return r.kind.empty() ? "none" : r.kind + "," + std::to_string(r.key);
}
template <class T>
std::string FieldText(const std::vector<T>& items) {
  std::string out;
  for (const T& item : items) out += (out.empty() ? "" : ",") + FieldText(item);
  return out;
}

template <class... Op>
constexpr std::array<OpInfo, sizeof...(Op)> InfosOf(const std::variant<Op...>*) {
  return {Op::Info()...};
}
constexpr auto kInfos = InfosOf(static_cast<const Call*>(nullptr));

}  // namespace

const OpInfo& Info(const Call& call) { return kInfos[call.index()]; }

std::string Text(const Call& call) {
  return std::visit(
      [](const auto& op) {
        std::string out(op.Info().name);
        std::apply(
            [&](const auto&... field) {
              ((out += " " + std::string(field.name) + "=" + FieldText(op.*field.member)), ...);
            },
            op.Fields());
        return out;
      },
      call);
}

std::string Text(const Reply& reply) {
  if (!reply.ok()) {
    return std::string(Name(reply.code)) + (reply.detail.empty() ? "" : " (" + reply.detail + ")");
  }
  const std::string value = std::visit([](const auto& v) { return FieldText(v); }, reply.value);
  return value.empty() ? "ok" : "ok " + value;
}

}  // namespace tidegate
