// Results of tests in the formats of others.
#include <algorithm>
#include <cstdio>

#include "host/apps/tidegate/simulate/test.h"
#include "host/apps/tidegate/xml.h"

namespace tidegate {
namespace {

std::string Number(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f", seconds);
  return text;
}

std::string Case(const Tested& test) {
  std::string text = "    <testcase classname=\"" + XmlText(test.policy + "." + test.cluster) +
                     "\" name=\"" + XmlText(test.name) + "\" time=\"" + Number(test.seconds) + "\"";
  if (test.failure.empty()) return text + "/>\n";
  return text + ">\n      <failure message=\"" + XmlText(test.failure) + "\">" +
         XmlText(test.timeline + test.plan) + "</failure>\n    </testcase>\n";
}

// The indented lines of a YAML block scalar.
std::string Block(const std::string& text) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += "    " + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return out;
}

// In a description, # begins a directive.
std::string Description(const std::string& name) {
  std::string out;
  for (const char c : name) out += c == '#' ? "\\#" : std::string(1, c);
  return out;
}

}  // namespace

std::string JUnit(const std::vector<Tested>& tests) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (std::size_t first = 0; first < tests.size();) {
    std::size_t end = first;
    int failures = 0;
    double seconds = 0;
    std::string cases;
    for (; end < tests.size() && tests[end].policy == tests[first].policy; ++end) {
      failures += tests[end].failure.empty() ? 0 : 1;
      seconds += tests[end].seconds;
      cases += Case(tests[end]);
    }
    text += "  <testsuite name=\"" + XmlText(tests[first].policy) + "\" tests=\"" +
            std::to_string(end - first) + "\" failures=\"" + std::to_string(failures) +
            "\" errors=\"0\" time=\"" + Number(seconds) + "\">\n" + cases + "  </testsuite>\n";
    first = end;
  }
  return text + "</testsuites>\n";
}

std::string Tap(const std::vector<Tested>& tests) {
  std::string text = "TAP version 13\n1.." + std::to_string(tests.size()) + "\n";
  int number = 0;
  for (const Tested& test : tests) {
    text += (test.failure.empty() ? "ok " : "not ok ") + std::to_string(++number) + " - " +
            Description(test.policy + " on " + test.cluster + ": " + test.name);
    text += "\n";
    if (test.failure.empty()) continue;
    text += "  ---\n  message: |\n" + Block(test.failure) + "  plan: |\n" + Block(test.plan) +
            "  timeline: |\n" + Block(test.timeline) + "  ...\n";
  }
  return text;
}

}  // namespace tidegate
