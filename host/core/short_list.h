// A ShortList is a list whose first N items lie in itself: nearly every one has no more, and then
// nothing is allocated. Items stay where they are while others are added.
#pragma once

#include <cstddef>
#include <deque>
#include <initializer_list>
#include <memory>
#include <new>
#include <utility>

namespace tidegate {

template <class T, std::size_t N>
class ShortList {
 public:
  template <class List, class Item>
  class Iterator {
   public:
    Iterator(List* list, std::size_t at) : list_(list), at_(at) {}
    Item& operator*() const { return (*list_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    List* list_;
    std::size_t at_;
  };

  ShortList() = default;
  ShortList(std::initializer_list<T> items) {
    for (const T& item : items) Add(item);
  }
  ShortList(const ShortList& other) { *this = other; }
  ShortList(ShortList&& other) noexcept { *this = std::move(other); }
  ShortList& operator=(const ShortList& other) {
    if (this == &other) return *this;
    clear();
    for (const T& item : other) Add(item);
    return *this;
  }
  ShortList& operator=(ShortList&& other) noexcept {
    if (this == &other) return *this;
    clear();
    for (T& item : other) Add(std::move(item));
    other.clear();
    return *this;
  }
  ~ShortList() { clear(); }

  template <class... Args>
  T& Add(Args&&... args) {
    T* item = size_ < N ? new (At(size_)) T(std::forward<Args>(args)...)
                        : &More().emplace_back(std::forward<Args>(args)...);
    ++size_;
    return *item;
  }
  void clear() {
    for (std::size_t i = 0; i < size_ && i < N; ++i) std::destroy_at(At(i));
    more_.reset();
    size_ = 0;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t i) { return i < N ? *At(i) : (*more_)[i - N]; }
  const T& operator[](std::size_t i) const { return const_cast<ShortList&>(*this)[i]; }
  T& back() { return (*this)[size_ - 1]; }
  auto begin() { return Iterator<ShortList, T>(this, 0); }
  auto end() { return Iterator<ShortList, T>(this, size_); }
  auto begin() const { return Iterator<const ShortList, const T>(this, 0); }
  auto end() const { return Iterator<const ShortList, const T>(this, size_); }

 private:
  T* At(std::size_t i) { return std::launder(reinterpret_cast<T*>(memory_) + i); }
  std::deque<T>& More() {
    if (more_ == nullptr) more_ = std::make_unique<std::deque<T>>();
    return *more_;
  }

  std::size_t size_ = 0;
  std::unique_ptr<std::deque<T>> more_;
  alignas(T) std::byte memory_[N * sizeof(T)];
};

}  // namespace tidegate
