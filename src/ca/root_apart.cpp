#include "ca/root_apart.hpp"

#include <functional>

#include "ca/roots.hpp"

namespace inkan::ca {
namespace {

/// Apart keeps the keys that `is_apart` names in one place, and all others in another.
class Apart : public KeyStore {
 public:
  using Test = std::function<bool(const std::string&)>;
  Apart(Test is_apart, std::unique_ptr<KeyStore> apart, std::unique_ptr<KeyStore> others)
      : is_apart_(std::move(is_apart)), apart_(std::move(apart)), others_(std::move(others)) {}

  Result<std::unique_ptr<SigningKey>> make(const std::string& label, pki::KeyAlgorithm algorithm) override {
    return (is_apart_(label) ? apart_ : others_)->make(label, algorithm);
  }
  Result<std::unique_ptr<SigningKey>> load(const std::string& label) const override {
    return (is_apart_(label) ? apart_ : others_)->load(label);
  }

 private:
  Test is_apart_;
  std::unique_ptr<KeyStore> apart_;
  std::unique_ptr<KeyStore> others_;
};

}  // namespace

std::unique_ptr<KeyStore> keep_root_apart(std::unique_ptr<KeyStore> root, std::unique_ptr<KeyStore> others) {
  return std::make_unique<Apart>(is_root_label, std::move(root), std::move(others));
}

std::unique_ptr<KeyStore> keep_one_apart(std::string label, std::unique_ptr<KeyStore> one, std::unique_ptr<KeyStore> others) {
  const auto is_it = [label = std::move(label)](const std::string& each) { return each == label; };
  return std::make_unique<Apart>(is_it, std::move(one), std::move(others));
}

}  // namespace inkan::ca
