// Reading and writing property lists.
#include "host/apps/resource_dll/property_list.h"

#include <cstring>
#include <utility>

#include "host/apps/resource_dll/utf16.h"

namespace tidegate {
namespace {

constexpr std::uint32_t kEndMark = 0;
constexpr std::uint32_t kNameSyntax = 0x00040003;
constexpr std::size_t kSmallestProperty = 4 + 4 + 4 + 4;  // name's head, an empty name, end mark

constexpr std::size_t Padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

constexpr std::uint32_t Syntax(ClusterFormat format) {
  return 0x00010000u | static_cast<std::uint32_t>(format);
}

Error Broken(const std::string& what) {
  return {ErrorCode::kInvalidData, "", "property list: " + what};
}

template <class T>
std::span<const std::byte> BytesOf(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

std::span<const std::byte> TextBytes(const std::u16string& text) {
  return std::as_bytes(std::span(text.c_str(), text.size() + 1));
}

std::string TextIn(std::span<const std::byte> data) {
  std::u16string text(data.size() / 2, u'\0');
  std::memcpy(text.data(), data.data(), text.size() * 2);
  return ToUtf8(text.c_str(), text.size());
}

// What is left of a list. Nothing is read that is not there.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> list) : rest_(list) {}

  std::size_t left() const { return rest_.size(); }
  std::optional<std::uint32_t> Number() {
    std::uint32_t number = 0;
    if (rest_.size() < sizeof number) return std::nullopt;
    std::memcpy(&number, rest_.data(), sizeof number);
    rest_ = rest_.subspan(sizeof number);
    return number;
  }
  // A length, then so many bytes and their padding; the last padding may be missing.
  std::optional<std::span<const std::byte>> Data() {
    const std::optional<std::uint32_t> size = Number();
    if (!size || *size > rest_.size()) return std::nullopt;
    const std::span<const std::byte> data = rest_.first(*size);
    rest_ = rest_.subspan(std::min(Padded(*size), rest_.size()));
    return data;
  }

 private:
  std::span<const std::byte> rest_;
};

Result<ListedProperty> ReadProperty(Reader& reader) {
  ListedProperty property;
  if (reader.Number() != kNameSyntax) return Broken("a property does not begin with its name");
  const auto name = reader.Data();
  if (!name || name->size() < 4 || name->size() % 2 != 0) {
    return Broken("the name of a property is cut short or empty");
  }
  property.name = TextIn(*name);
  while (true) {
    const std::optional<std::uint32_t> syntax = reader.Number();
    if (!syntax) return Broken(property.name + " has no end mark");
    if (*syntax == kEndMark) return property;
    const auto data = reader.Data();
    if (!data) return Broken("a value of " + property.name + " is cut short");
    property.values.push_back({static_cast<std::uint16_t>(*syntax >> 16),
                               static_cast<ClusterFormat>(*syntax & 0xffff), *data});
  }
}

// A syntax, a length, the data and its padding.
void AddPart(std::vector<std::byte>& bytes, std::uint32_t syntax, std::span<const std::byte> data) {
  const auto size = static_cast<std::uint32_t>(data.size());
  for (const std::span<const std::byte> part : {BytesOf(syntax), BytesOf(size), data}) {
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  bytes.resize(Padded(bytes.size()));
}

}  // namespace

std::string ListedValue::text() const { return TextIn(data); }

std::optional<std::int64_t> ListedValue::number() const {
  const auto as = [&]<class T>(T value) -> std::optional<std::int64_t> {
    if (data.size() != sizeof value) return std::nullopt;
    std::memcpy(&value, data.data(), sizeof value);
    return static_cast<std::int64_t>(value);
  };
  switch (format) {
    case ClusterFormat::kDword:
      return as(std::uint32_t{});
    case ClusterFormat::kLong:
      return as(std::int32_t{});
    case ClusterFormat::kWord:
      return as(std::uint16_t{});
    case ClusterFormat::kSigned64:
      return as(std::int64_t{});
    case ClusterFormat::kUnsigned64: {
      const auto value = as(std::uint64_t{});
      return value && *value < 0 ? std::nullopt : value;
    }
    default:
      return std::nullopt;
  }
}

Result<std::vector<ListedProperty>> ReadPropertyList(std::span<const std::byte> list) {
  Reader reader(list);
  const std::optional<std::uint32_t> count = reader.Number();
  if (!count) return Broken("shorter than its own count");
  if (*count > reader.left() / kSmallestProperty) {
    return Broken("says " + std::to_string(*count) + " properties and is " +
                  std::to_string(list.size()) + " bytes long");
  }
  std::vector<ListedProperty> properties;
  for (std::uint32_t n = 0; n < *count; ++n) {
    Result<ListedProperty> property = ReadProperty(reader);
    if (!property) return property.error();
    properties.push_back(std::move(*property));
  }
  return properties;
}

void PropertyListWriter::Part(std::uint32_t syntax, std::span<const std::byte> data) {
  AddPart(bytes_, syntax, data);
}

void PropertyListWriter::Add(std::string_view name, ClusterFormat format,
                             std::span<const std::byte> data) {
  Part(kNameSyntax, TextBytes(ToUtf16(name)));
  Part(Syntax(format), data);
  bytes_.resize(bytes_.size() + sizeof kEndMark);
  std::uint32_t count = 0;
  std::memcpy(&count, bytes_.data(), sizeof count);
  ++count;
  std::memcpy(bytes_.data(), &count, sizeof count);
}

void PropertyListWriter::Text(std::string_view name, std::string_view value) {
  Add(name, ClusterFormat::kText, TextBytes(ToUtf16(value)));
}
void PropertyListWriter::Dword(std::string_view name, std::uint32_t value) {
  Add(name, ClusterFormat::kDword, BytesOf(value));
}
void PropertyListWriter::Signed64(std::string_view name, std::int64_t value) {
  Add(name, ClusterFormat::kSigned64, BytesOf(value));
}
void PropertyListWriter::Word(std::string_view name, std::uint16_t value) {
  Add(name, ClusterFormat::kWord, BytesOf(value));
}
void PropertyListWriter::Nothing(std::string_view name, ClusterFormat format) {
  Add(name, format, {});
}

void ValueListWriter::Data(std::uint32_t syntax, std::span<const std::byte> data) {
  AddPart(bytes_, syntax, data);
}
void ValueListWriter::Number(std::uint32_t syntax, std::uint32_t number) {
  Data(syntax, BytesOf(number));
}
void ValueListWriter::Text(std::uint32_t syntax, std::string_view text) {
  Data(syntax, TextBytes(ToUtf16(text)));
}
std::vector<std::byte> ValueListWriter::Take() {
  bytes_.resize(bytes_.size() + sizeof kEndMark);
  return std::move(bytes_);
}

std::vector<std::byte> NameList(std::span<const std::string> names) {
  std::u16string all;
  for (const std::string& name : names) all += ToUtf16(name) + u'\0';
  const auto bytes = TextBytes(all);  // the second terminator
  return {bytes.begin(), bytes.end()};
}

}  // namespace tidegate
