// A Tape is what a trace was told in a while, word for word, to tell it again.
//
// Why: of a poll that finds everything as it was only the digest is news. Telling a whole period of
// them again takes a tenth of playing it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/digest.h"
#include "host/core/time.h"

namespace tidegate::sim {

class Tape {
 public:
  void Add(std::uint64_t n) { words_.push_back({n, 0, false}); }
  void Add(std::string_view text) {
    words_.push_back({texts_.size(), 0, true});
    texts_.emplace_back(text);
  }
  void Clear() {
    words_.clear();
    texts_.clear();
  }

  // Whether it says what `before`, one period earlier, said: each word the same, but that times are
  // a period later and numbers of volumes go on. Then Tell() can tell of the periods to come.
  bool GoesOn(const Tape& before, Duration period, std::uint64_t volumes) {
    if (words_.size() != before.words_.size() || texts_ != before.texts_) return false;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      Word& word = words_[i];
      word.step = word.n - before.words_[i].n;
      const bool later = word.step == static_cast<std::uint64_t>(period.ns);
      const bool known = word.step == 0 || later || word.step == volumes;
      if (!known || word.is_text != before.words_[i].is_text) return false;
    }
    return true;
  }

  // The next `times` periods.
  void Tell(Digest& digest, std::uint64_t times) {
    for (; times > 0; --times) {
      for (Word& word : words_) {
        if (word.is_text) {
          digest.Add(std::string_view(texts_[word.n]));
        } else {
          digest.Add(word.n += word.step);
        }
      }
    }
  }

 private:
  struct Word {
    std::uint64_t n = 0;     // or of texts_
    std::uint64_t step = 0;  // from one period to the next
    bool is_text = false;
  };
  std::vector<Word> words_;
  std::vector<std::string> texts_;
};

}  // namespace tidegate::sim
