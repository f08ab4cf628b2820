// A poll is its call and what it asked; whatever else comes between makes it news.
#include "host/sim/quiet.h"

#include <map>

namespace tidegate::sim {
namespace {

bool IsPoll(const Line& line) {
  return line.mark == '>' && (line.text == "looks_alive" || line.text == "is_alive");
}

// What has not been told yet of an instance: polls that are over, and the one under way.
struct Untold {
  int looks_alive = 0;
  int is_alive = 0;
  std::size_t last = 0;
  std::vector<std::size_t> poll;
};

class Teller {
 public:
  explicit Teller(const std::vector<Line>& lines) : lines_(lines), quiet_(lines.size()) {}

  std::vector<Line> Tell() {
    for (std::size_t i = 0; i < lines_.size(); ++i) Read(i);
    for (auto& [who, untold] : untold_) EndPoll(untold);
    SumUp();
    std::vector<Line> told;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (const auto it = summaries_.find(i); it != summaries_.end()) told.push_back(it->second);
      if (!quiet_[i]) told.push_back(lines_[i]);
    }
    return told;
  }

 private:
  using Who = std::pair<std::string, std::string>;
  static Who Of(const Line& line) { return {line.node, line.resource}; }

  void Read(std::size_t i) {
    const Line& line = lines_[i];
    Untold& untold = untold_[Of(line)];
    const bool answered_badly = line.mark == '.' && line.text.find("ERROR_") != line.text.npos;
    if ((line.mark == '-' || line.mark == '.') && !answered_badly) {
      if (!untold.poll.empty()) untold.poll.push_back(i);
      return;
    }
    const bool under_way = !untold.poll.empty() && lines_[untold.poll.back()].mark == '-';
    if (under_way && IsPoll(line)) return untold.poll.push_back(i);  // two polls at once
    if (line.mark == '>' && !under_way) {
      EndPoll(untold);
    } else {
      untold.poll.clear();  // news
    }
    if (IsPoll(line)) untold.poll.push_back(i);
  }

  void EndPoll(Untold& untold) {
    for (const std::size_t i : untold.poll) quiet_[i] = true;
    untold.poll.clear();
  }

  // Where the last of some polls was that nothing of the instance came between, a line stands for
  // them all.
  void SumUp() {
    std::map<Who, Untold> left_out;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const Line& line = lines_[i];
      Untold& untold = left_out[Of(line)];
      if (!quiet_[i]) {
        Say(untold);
      } else if (IsPoll(line)) {
        ++(line.text == "is_alive" ? untold.is_alive : untold.looks_alive);
        untold.last = i;
      }
    }
    for (auto& [who, untold] : left_out) Say(untold);
  }

  void Say(Untold& untold) {
    std::string text;
    for (const auto& [name, count] :
         {std::pair{"looks_alive", untold.looks_alive}, std::pair{"is_alive", untold.is_alive}}) {
      if (count == 0) continue;
      text += (text.empty() ? "" : ", ") + std::string(name) +
              (count > 1 ? " " + std::to_string(count) + " times" : "");
    }
    if (!text.empty()) {
      const Line& last = lines_[untold.last];
      summaries_[untold.last] = {last.at, last.node, last.resource, text + ": well", ' '};
    }
    untold.looks_alive = untold.is_alive = 0;
  }

  const std::vector<Line>& lines_;
  std::vector<bool> quiet_;
  std::map<Who, Untold> untold_;
  std::map<std::size_t, Line> summaries_;  // each before the line of this number
};

}  // namespace

std::vector<Line> WithoutQuietPolls(const std::vector<Line>& lines) { return Teller(lines).Tell(); }

}  // namespace tidegate::sim
