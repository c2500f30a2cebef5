#include "ca/root_apart.hpp"

namespace inkan::ca {
namespace {

class RootApart : public KeyStore {
 public:
  RootApart(std::unique_ptr<KeyStore> root, std::unique_ptr<KeyStore> others)
      : root_(std::move(root)), others_(std::move(others)) {}

  Result<std::unique_ptr<SigningKey>> make(const std::string& label, pki::KeyAlgorithm algorithm) override {
    return (label == kRoot ? root_ : others_)->make(label, algorithm);
  }
  Result<std::unique_ptr<SigningKey>> load(const std::string& label) const override {
    return (label == kRoot ? root_ : others_)->load(label);
  }

 private:
  static constexpr const char* kRoot = "root";
  std::unique_ptr<KeyStore> root_;
  std::unique_ptr<KeyStore> others_;
};

}  // namespace

std::unique_ptr<KeyStore> keep_root_apart(std::unique_ptr<KeyStore> root, std::unique_ptr<KeyStore> others) {
  return std::make_unique<RootApart>(std::move(root), std::move(others));
}

}  // namespace inkan::ca
