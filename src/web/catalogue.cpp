#include "web/catalogue.hpp"

namespace inkan::web {
namespace {

/// replace_marks hands every `open NAME close` of a text to `name` and takes what it gives instead, and the rest to `rest`.
template <class Name, class Rest>
Result<std::string> replace_marks(std::string_view text, std::string_view open, std::string_view close, Name name, Rest rest) {
  std::string out;
  while (true) {
    const auto start = text.find(open);
    out += rest(text.substr(0, start));
    if (start == std::string_view::npos) return out;
    const auto end = text.find(close, start);
    if (end == std::string_view::npos) return fail(Code::corrupt, "web.template", "unclosed " + std::string(open));
    Result<std::string> value = name(std::string(text.substr(start + open.size(), end - start - open.size())));
    if (!value) return value;
    out += *value;
    text.remove_prefix(end + close.size());
  }
}

std::string as_it_is(std::string_view text) { return std::string(text); }

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

Catalogue Catalogue::make(const std::map<std::string, std::string>& common, const lifecycle::Institution& institution,
                          const std::string& language) {
  constexpr std::string_view kEnglish = "en.";
  Catalogue catalogue;
  catalogue.texts_ = common;
  for (const auto& [key, text] : institution.words) {
    const bool english = key.starts_with(kEnglish);
    if (english == (language == "en")) catalogue.texts_[english ? key.substr(kEnglish.size()) : key] = text;
  }
  catalogue.texts_["term.bank"] = institution.name;
  return catalogue;
}

Result<std::string> Catalogue::text(const std::string& key) const {
  const auto found = texts_.find(key);
  if (found == texts_.end()) return fail(Code::corrupt, "web.catalogue", key);
  const auto term = [&](const std::string& name) -> Result<std::string> {
    if (name.find('.') == std::string::npos) return "{" + name + "}";
    const auto value = texts_.find(name);
    if (value == texts_.end()) return fail(Code::corrupt, "web.catalogue", key + ": " + name);
    return value->second;
  };
  return replace_marks(found->second, "{", "}", term, as_it_is);
}

Result<std::string> Catalogue::expand(std::string_view layout, const std::string& page,
                                      const std::map<std::string, std::string>& inserts) const {
  const auto put = [&](const std::string& name) -> Result<std::string> {
    const auto dot = name.find('.');
    if (dot == std::string::npos) {
      const auto insert = inserts.find(name);
      if (insert == inserts.end()) return fail(Code::corrupt, "web.template", name);
      return insert->second;
    }
    const auto words = text(dot == 0 ? page + name : name);
    if (!words) return fail(words);
    const auto variable = [](const std::string& value) -> Result<std::string> { return "{{" + value + "}}"; };
    return replace_marks(*words, "{", "}", variable, escape_html);
  };
  return replace_marks(layout, "[[", "]]", put, as_it_is);
}

}  // namespace inkan::web
