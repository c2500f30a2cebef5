#include "web/pages.hpp"

#include <ctemplate/template.h>

#include <span>

#include "base/embedded.hpp"

namespace inkan::web {

std::span<const EmbeddedFile> embedded_files();

struct Pages::Cache {
  Catalogue catalogue;
  ctemplate::TemplateCache templates;
  std::map<std::string, Outline> outlines;
};

namespace {

Result<std::string_view> load_template(std::string_view file) {
  for (const EmbeddedFile& embedded : embedded_files())
    if (embedded.name == "pages/" + std::string(file) + ".html") return embedded.content;
  return fail(Code::corrupt, "web.template", std::string(file));
}

std::string script_tag(const std::string& assets, std::string_view script) {
  if (script.empty()) return {};
  return "<script type=\"module\" src=\"" + assets + "/" + std::string(script) + "\"></script>";
}

/// shown_code is a page's number, with a source document's own number where the profile names one: "S306（BSMS003）".
std::string shown_code(const Catalogue& catalogue, std::string_view code) {
  const auto alias = catalogue.text("code." + std::string(code));
  return alias ? std::string(code) + "（" + *alias + "）" : std::string(code);
}

template <class Dictionary>
void put(Dictionary& dictionary, const Values& values) {
  for (const auto& [name, text] : values.texts) dictionary.SetValue(name, text);
  for (const auto& [name, each] : values.sections)
    for (const Values& inside : each) put(*dictionary.AddSectionDictionary(name), inside);
}

}  // namespace

Pages::Pages(std::unique_ptr<Cache> cache) : cache_(std::move(cache)) {}
Pages::Pages(Pages&&) noexcept = default;
Pages::~Pages() = default;

Result<Pages> Pages::make(const PageSet& set, const Catalogue& catalogue, const std::string& language,
                          const std::string& assets) {
  auto cache = std::make_unique<Cache>();
  cache->catalogue = catalogue;
  const auto layout = load_template(set.layout);
  if (!layout) return fail(layout);
  for (const PageKind& kind : set.kinds) {
    const std::string name(kind.name);
    const auto file = load_template(kind.file);
    if (!file) return fail(file);
    std::map<std::string, std::string> codes = {{"code", escape_html(shown_code(catalogue, kind.code))}};
    for (const Stage& stage : kind.stages)
      codes["code_" + std::string(stage.name)] = escape_html(shown_code(catalogue, stage.code));
    const auto body = catalogue.expand(*file, name, codes);
    if (!body) return fail(body);
    const auto page = catalogue.expand(*layout, name,
                                       {{"page", *body},
                                        {"language", language},
                                        {"assets", assets},
                                        {"script", script_tag(assets, kind.script)},
                                        {"code", codes["code"]}});
    if (!page) return fail(page);
    auto outline = parse_outline(*page);
    if (!outline) return fail(Code::corrupt, "web.template", name + ": " + outline.error().detail);
    cache->outlines[name] = std::move(*outline);
    if (!cache->templates.StringToTemplateCache(name, *page, ctemplate::DO_NOT_STRIP))
      return fail(Code::corrupt, "web.template", name);
  }
  cache->templates.Freeze();
  return Pages(std::move(cache));
}

Result<std::string> Pages::render(const std::string& name, Values values) const {
  const auto outline = cache_->outlines.find(name);
  if (outline == cache_->outlines.end()) return fail(Code::internal, "web.template", name);
  for (const char* usual : {"wrong", "logged_in", "branded"})
    if (!values.sections.contains(usual)) values.show(usual, false);
  if (auto whole = check_values(outline->second, values); !whole)
    return fail(Code::internal, whole.error().id, name + ": " + whole.error().detail);

  ctemplate::TemplateDictionary dictionary(name);
  put(dictionary, values);
  std::string out;
  if (!cache_->templates.ExpandNoLoad(name, ctemplate::DO_NOT_STRIP, &dictionary, nullptr, &out))
    return fail(Code::internal, "web.template", name);
  return out;
}

const Outline& Pages::outline(const std::string& name) const {
  const auto found = cache_->outlines.find(name);
  check(found != cache_->outlines.end(), "a page that exists");
  return found->second;
}

const Catalogue& Pages::catalogue() const { return cache_->catalogue; }

}  // namespace inkan::web
