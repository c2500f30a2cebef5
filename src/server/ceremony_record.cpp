#include "server/ceremony_record.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "pki/key.hpp"
#include "web/catalogue.hpp"

namespace inkan::server {
namespace {

constexpr std::string_view kStyle =
    "@page{size:A4;margin:18mm}body{font:10.5pt/1.6 'Noto Sans CJK JP','Yu Gothic',sans-serif;max-width:180mm;margin:auto}"
    "h1{font-size:17pt;margin:0}h2{font-size:12.5pt;border-bottom:1px solid #000;margin:7mm 0 2mm}"
    "small{color:#333;font-size:9pt}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #777;padding:1.5mm 2.5mm;text-align:left;vertical-align:top}th{width:42mm;font-weight:600}"
    "code{font-family:'Noto Sans Mono',monospace;overflow-wrap:anywhere}section{break-inside:avoid}"
    ".sign td{height:16mm}.fp{font-size:12pt;letter-spacing:.04em}";

std::string text(std::string_view value) { return web::escape_html(value); }

/// row is one line of a table: the word in both languages, and what it is, in HTML.
std::string row(std::string_view ja, std::string_view en, const std::string& html) {
  return fmt::format("<tr><th scope=\"row\">{}<br><small>{}</small></th><td>{}</td></tr>\n", ja, en, html);
}

std::string heading(std::string_view ja, std::string_view en) { return fmt::format("<h2>{} <small>{}</small></h2>\n", ja, en); }

std::string code(std::string_view value) { return "<code>" + text(value) + "</code>"; }

std::string kind_of(const pki::Certificate& certificate) {
  const auto key = pki::PublicKey::parse(certificate.spki());
  if (!key) return "?";
  return std::string(pki::to_words(key->algorithm()));
}

std::string fingerprint(const Digest& hash) { return "<code class=\"fp\">" + grouped(hash) + "</code>"; }

std::string_view kind_of_ca(const pki::Certificate& certificate, const std::string& label) {
  if (certificate.issuer().der() == certificate.subject().der()) return "root certificate";
  return label.find("-by-") != std::string::npos ? "cross-certificate between two roots" : "issuing CA certificate";
}

std::string certificate_table(const CeremonyCertificate& each, const Zone& zone) {
  const pki::Certificate& certificate = each.certificate;
  return "<section>" + heading("証明書 " + text(each.label), kind_of_ca(certificate, each.label)) + "<table>\n" +
         row("主体者", "subject", text(certificate.subject().to_text())) +
         row("発行者", "issuer", text(certificate.issuer().to_text())) + row("鍵の種類と長さ", "key", kind_of(certificate)) +
         row("シリアル番号", "serial number", code(certificate.serial().hex())) +
         row("有効期間", "validity",
             to_rfc3339(certificate.not_before(), zone) + " 〜 " + to_rfc3339(certificate.not_after(), zone)) +
         row("証明書のSHA-256", "SHA-256 of the certificate", fingerprint(certificate.fingerprint())) +
         row("公開鍵のSHA-256", "SHA-256 of the public key", fingerprint(sha256(certificate.spki()))) +
         row("秘密鍵の保管場所", "private key kept in", code(each.key_place)) +
         (each.revoked ? row("失効", "revoked",
                             "<strong>" + to_rfc3339(each.revoked->revoked_at, zone) + " " +
                                 std::string(to_text(each.revoked->reason)) + "</strong>")
                       : "") +
         "</table></section>\n";
}

/// KindWords are what a ceremony is called, and what its witnesses sign.
struct KindWords {
  std::string_view title;
  std::string_view title_en;
  std::string_view witnessed;
  std::string_view witnessed_en;
};

const KindWords& words_of(CeremonyKind kind) {
  static constexpr KindWords kKeys{
      "認証局 鍵生成式 記録", "Certification authority: record of the key ceremony",
      "私たちは鍵生成に立ち会い、上の証明書のSHA-256が画面の表示と同じであることを確かめました。",
      "We witnessed the making of the keys and found the SHA-256 values above equal to those on the screen."};
  static constexpr KindWords kRevocation{
      "認証局 失効式 記録", "Certification authority: record of the revocation of an issuing CA",
      "私たちは上の発行CAの失効に立ち会い、失効させる証明書のSHA-256を確かめ、取り消せないことを承知して失効に同意しました。",
      "We witnessed the revocation above, compared the SHA-256 of the certificate that was revoked, and agreed knowing that it "
      "cannot be undone."};
  static constexpr KindWords kSuccession{
      "認証局 ルートCA継承式 記録",
      "Certification authority: record of the making of the next root and of its cross-certificates",
      "私たちは次のルートCAの鍵生成と相互認証証明書の発行に立ち会い、上の証明書のSHA-"
      "256が画面の表示と同じであることを確かめました。",
      "We witnessed the making of the next root's key and of the cross-certificates and found the SHA-256 values above equal to "
      "those on the screen."};
  switch (kind) {
    case CeremonyKind::keys: return kKeys;
    case CeremonyKind::revocation: return kRevocation;
    case CeremonyKind::succession: return kSuccession;
  }
  return kKeys;
}

std::string list_table(const CeremonyList& each, const Zone& zone) {
  const pki::Crl& list = each.list;
  return "<section>" + heading("ルートCAの失効リスト " + text(each.name), "the root's revocation list") + "<table>\n" +
         row("番号", "number", std::to_string(list.number())) + row("発行", "this update", to_rfc3339(list.this_update(), zone)) +
         row("次の発行の期限", "next update by", to_rfc3339(list.next_update(), zone)) +
         row("失効した証明書の数", "revoked certificates", std::to_string(list.entries().size())) +
         row("失効リストのSHA-256", "SHA-256 of the list", fingerprint(sha256(list.der()))) + "</table></section>\n";
}

std::string people_table(const CeremonyRecord& record, const Zone& zone) {
  const KindWords& words = words_of(record.kind);
  std::string html = "<section>" + heading("署名", "signatures") + "<p>" + std::string(words.witnessed) + "<br><small>" +
                     std::string(words.witnessed_en) +
                     "</small></p>\n<table class=\"sign\">\n<tr><th scope=\"col\">役割 <small>role</small></th>"
                     "<th scope=\"col\">氏名 <small>name</small></th><th scope=\"col\">画面での確認 <small>confirmed</small></th>"
                     "<th scope=\"col\">署名・日付 <small>signature, date</small></th></tr>\n";
  const auto person = [&](std::string_view role, const std::string& name, const std::string& confirmed) {
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td></td></tr>\n", role, text(name), confirmed);
  };
  person("実施者 <small>operator</small>", record.operator_name, "–");
  for (const CeremonyWitness& witness : record.witnesses)
    person("立会人 <small>witness</small>", witness.name,
           witness.confirmed ? to_rfc3339(*witness.confirmed, zone) : "省略 <small>not asked</small>");
  return html + "</table></section>\n";
}

/// kSeals are lines that people fill in with a pen.
constexpr std::string_view kSeals =
    "<tr><td>ルートCAの秘密鍵 <small>root key</small></td><td></td><td></td></tr>\n"
    "<tr><td>そのパスフレーズ <small>its passphrase</small></td><td></td><td></td></tr>\n"
    "<tr><td>発行CAの秘密鍵の控え <small>copy of the issuing CAs' keys</small></td><td></td><td></td></tr>\n"
    "<tr><td>そのパスフレーズ <small>their passphrase</small></td><td></td><td></td></tr>\n";

}  // namespace

std::string grouped(const Digest& hash) {
  std::string hex = hash.hex(), out;
  std::ranges::transform(hex, hex.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (std::size_t i = 0; i < hex.size(); i += 4) out += (i == 0 ? "" : " ") + hex.substr(i, 4);
  return out;
}

std::string to_html(const CeremonyRecord& record, const Zone& zone) {
  const KindWords& words = words_of(record.kind);
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><title>{0}</title><style>{1}</style></head>"
      "<body>\n<h1>{0}</h1>\n<p><small>{2}</small></p>\n",
      words.title, kStyle, words.title_en);
  std::vector<std::string> names;
  for (const CeremonyWitness& witness : record.witnesses) names.push_back(text(witness.name));
  html += "<section>" + heading("いつ・だれが・どこで", "when, who, where") + "<table>\n" +
          row("開始", "begun", to_rfc3339(record.begun, zone)) + row("終了", "ended", to_rfc3339(record.ended, zone)) +
          row("場所", "place", "&nbsp;") + row("実施者", "operator", text(record.operator_name)) +
          row("立会人", "witnesses", fmt::format("{}", fmt::join(names, "<br>"))) + row("装置", "machine", text(record.machine)) +
          "</table></section>\n";
  html += "<section>" + heading("なにを使って", "by what") + "<table>\n" + row("プログラム", "program", text(record.program)) +
          row("プログラムのSHA-256", "SHA-256 of the program", fingerprint(record.program_hash)) +
          row("設定ファイル", "configuration", code(record.config)) +
          row("設定ファイルのSHA-256", "SHA-256 of the configuration", fingerprint(record.config_hash)) +
          row("コマンド", "command", code(fmt::format("{}", fmt::join(record.command, " ")))) + "</table></section>\n";
  html += "<section>" + heading("作ったもの", "made") + "<p>" +
          (record.made.empty() ? std::string("新しく作ったものはありません。<small>Nothing new was made.</small>")
                               : code(fmt::format("{}", fmt::join(record.made, " ")))) +
          "</p></section>\n";
  for (const CeremonyCertificate& each : record.certificates) html += certificate_table(each, zone);
  for (const CeremonyList& each : record.lists) html += list_table(each, zone);
  if (record.audit_key)
    html += "<section>" + heading("監査鍵", "audit key") + "<table>\n" +
            row("公開鍵のSHA-256", "SHA-256 of the public key", fingerprint(*record.audit_key)) + "</table></section>\n";
  html += "<section>" + heading("媒体の封印", "sealed media") +
          "<table class=\"sign\">\n<tr><th scope=\"col\">もの <small>what</small></th><th scope=\"col\">封印番号 <small>seal "
          "number</small></th><th scope=\"col\">保管場所・責任者 <small>where, whose</small></th></tr>\n" +
          std::string(kSeals) + "</table></section>\n";
  html += people_table(record, zone);
  return html + "</body></html>\n";
}

}  // namespace inkan::server
