#pragma once

#include <functional>
#include <vector>

#include "pki/der.hpp"

namespace inkan {

/// A certificate taken apart, so that a test can change one thing and put it together again.
struct Parts {
  Bytes version, serial, algorithm, issuer, validity, subject, spki, unique_id, outer_algorithm, signature, trailer;
  std::vector<Bytes> extensions;

  static Parts of_certificate(ByteView der) {
    pki::DerReader outer(der);
    pki::DerReader certificate = outer.enter(pki::tag::kSequence);
    Parts parts = of_tbs(certificate.take(pki::tag::kSequence).whole);
    parts.outer_algorithm = to_bytes(certificate.take_any().whole);
    parts.signature = to_bytes(certificate.take_any().whole);
    return parts;
  }
  static Parts of_tbs(ByteView der) {
    Parts parts;
    parts.read(der);
    return parts;
  }

  void read(ByteView der) {
    pki::DerReader outer(der);
    pki::DerReader tbs = outer.enter(pki::tag::kSequence);
    for (Bytes* part : {&version, &serial, &algorithm, &issuer, &validity, &subject, &spki})
      *part = to_bytes(tbs.take_any().whole);
    pki::DerReader holder = tbs.enter(pki::tag::context(3));
    pki::DerReader list = holder.enter(pki::tag::kSequence);
    while (!list.empty()) extensions.push_back(to_bytes(list.take_any().whole));
  }

  Bytes tbs() const {
    pki::DerWriter out;
    out.nest(pki::tag::kSequence, [&] {
      for (const Bytes* part : {&version, &serial, &algorithm, &issuer, &validity, &subject, &spki, &unique_id}) out.raw(*part);
      out.nest(pki::tag::context(3), [&] {
        out.nest(pki::tag::kSequence, [&] {
          for (const Bytes& extension : extensions) out.raw(extension);
        });
      });
    });
    return out.take();
  }
  Bytes der() const {
    pki::DerWriter out;
    out.nest(pki::tag::kSequence, [&] {
      out.raw(tbs());
      out.raw(outer_algorithm);
      out.raw(signature);
    });
    out.raw(trailer);
    return out.take();
  }

  Bytes* find(ByteView id) {
    for (Bytes& extension : extensions) {
      pki::DerReader outer(extension);
      pki::DerReader reader = outer.enter(pki::tag::kSequence);
      if (pki::same(reader.take(pki::tag::kOid).content, id)) return &extension;
    }
    return nullptr;
  }
  void drop(ByteView id) {
    const Bytes gone = *find(id);
    std::erase(extensions, gone);
  }
};

enum class Flag { absent, yes, written_no };

inline Bytes make_extension(ByteView id, Flag critical, ByteView value) {
  pki::DerWriter out;
  out.nest(pki::tag::kSequence, [&] {
    out.oid(id);
    if (critical == Flag::yes) out.boolean_true();
    if (critical == Flag::written_no) out.primitive(pki::tag::kBoolean, Bytes{0});
    out.octets(value);
  });
  return out.take();
}

/// The octets inside an extension.
inline Bytes value_of(const Bytes& extension) {
  pki::DerReader outer(extension);
  pki::DerReader reader = outer.enter(pki::tag::kSequence);
  reader.take(pki::tag::kOid);
  if (reader.has(pki::tag::kBoolean)) reader.take(pki::tag::kBoolean);
  return to_bytes(reader.take(pki::tag::kOctetString).content);
}

inline void set(Parts& parts, ByteView id, Flag critical, ByteView value) {
  *parts.find(id) = make_extension(id, critical, value);
}

/// Changes the last octet of an extension's value, which keeps its form.
inline void spoil(Parts& parts, ByteView id, Flag critical = Flag::absent) {
  Bytes value = value_of(*parts.find(id));
  value.back() ^= 0x01;
  set(parts, id, critical, value);
}

/// Flips whether an extension is critical.
inline void flip(Parts& parts, ByteView id, Flag critical) { set(parts, id, critical, value_of(*parts.find(id))); }

inline Bytes validity_of(const std::function<void(pki::DerWriter&)>& first, const std::function<void(pki::DerWriter&)>& second) {
  pki::DerWriter out;
  out.nest(pki::tag::kSequence, [&] {
    first(out);
    second(out);
  });
  return out.take();
}

inline Bytes wrapped(std::uint8_t outer, ByteView content) {
  pki::DerWriter out;
  out.primitive(outer, content);
  return out.take();
}

}  // namespace inkan
