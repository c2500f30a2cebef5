#include "mail/bounce.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "mail/address.hpp"
#include "mail/gmime.hpp"

namespace inkan::mail {
namespace {

constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostRecipients = 100;

std::unexpected<Error> malformed(std::string why) { return fail(Code::invalid, "bounce.malformed", std::move(why)); }

bool start_gmime() {
  static const bool started = (g_mime_init(), true);
  return started;
}

GObjectOf<GMimeMessage> parse_message(ByteView bytes) {
  if (bytes.empty() || !start_gmime()) return nullptr;
  const GObjectOf<GMimeStream> stream(
      g_mime_stream_mem_new_with_buffer(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  const GObjectOf<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  return GObjectOf<GMimeMessage>(g_mime_parser_construct_message(parser.get(), nullptr));
}

bool is_type(GMimeObject* part, const char* type, const char* subtype) {
  GMimeContentType* found = part == nullptr ? nullptr : g_mime_object_get_content_type(part);
  return found != nullptr && g_mime_content_type_is_type(found, type, subtype) != 0;
}

/// content_of is a leaf's content with its transfer encoding undone.
std::string content_of(GMimeObject* part) {
  if (!GMIME_IS_PART(part)) return {};
  GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(part));
  if (content == nullptr) return {};
  const GObjectOf<GMimeStream> out(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, out.get());
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out.get()));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

struct Field {
  std::string name;  // lower case
  std::string value;
};
using Fields = std::vector<Field>;

std::string find_value(const Fields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? std::string() : found->value;
}

/// field_groups reads groups of header fields that empty lines part (RFC 3464 2.1). Lines that are no field are passed over: a
/// mail server's small mistakes must not hide that a letter did not arrive.
std::vector<Fields> field_groups(std::string_view text) {
  std::vector<Fields> groups(1);
  for (std::string line : split(text, '\n')) {
    if (line.ends_with('\r')) line.pop_back();
    const auto colon = line.find(':');
    if (trim(line).empty()) {
      if (!groups.back().empty()) groups.emplace_back();
    } else if (line.front() == ' ' || line.front() == '\t') {
      if (!groups.back().empty()) groups.back().back().value.append(" ").append(trim(line));
    } else if (colon != std::string::npos) {
      groups.back().push_back(
          {to_lower(trim(std::string_view(line).substr(0, colon))), std::string(trim(line.substr(colon + 1)))});
    }
  }
  if (groups.back().empty()) groups.pop_back();
  return groups;
}

/// after_type is what stands after the type in "rfc822; keiri@example.test" or "smtp; 550 …".
std::string after_type(const std::string& value) {
  const auto semicolon = value.find(';');
  return std::string(trim(semicolon == std::string::npos ? value : value.substr(semicolon + 1)));
}

std::string address_in(std::string value) {
  if (value.starts_with('<') && value.ends_with('>')) value = value.substr(1, value.size() - 2);
  return is_address(value) ? value : std::string();
}

/// short_text is a diagnosis fit for a record: the start of it, plain text, or nothing.
std::string short_text(std::string text) {
  std::ranges::replace(text, '\t', ' ');
  if (text.size() > kMostText) {
    text.resize(kMostText);
    while (!text.empty() && !is_utf8(text)) text.pop_back();
  }
  return is_plain_text(text) ? text : std::string();
}

/// status_in reads RFC 3463's code at the start of a value that may have a comment after it: "5.1.1 (user unknown)".
std::string status_in(std::string_view value) {
  std::size_t end = 0;
  while (end < value.size() && ((value[end] >= '0' && value[end] <= '9') || value[end] == '.')) ++end;
  const std::string code(value.substr(0, end));
  const auto parts = split(code, '.');
  const auto good = [](const std::string& part) { return !part.empty() && part.size() <= 3; };
  const bool whole = parts.size() == 3 && std::ranges::all_of(parts, good) && parts[0].size() == 1 &&
                     (parts[0] == "2" || parts[0] == "4" || parts[0] == "5");
  return whole ? code : std::string();
}

/// more_telling is the code in a diagnosis ("550 5.1.1 unknown", "550-5.1.1 …") where a report's own one says nothing but its
/// class.
std::string more_telling(std::string status, std::string_view diagnosis) {
  if (!status.ends_with(".0.0") || diagnosis.size() < 4) return status;
  const std::string said = status_in(diagnosis.substr(4));
  return said.starts_with(status[0]) ? said : status;
}

std::optional<DeliveryStatus> read_status(const Fields& fields) {
  DeliveryStatus status{.recipient = address_in(after_type(find_value(fields, "original-recipient"))),
                        .action = to_lower(find_value(fields, "action")),
                        .status = status_in(find_value(fields, "status")),
                        .text = short_text(after_type(find_value(fields, "diagnostic-code")))};
  status.status = more_telling(status.status, status.text);
  if (status.recipient.empty()) status.recipient = address_in(after_type(find_value(fields, "final-recipient")));
  status.action = status.action.substr(0, status.action.find_first_of(" \t("));
  constexpr std::string_view kActions[] = {"failed", "delayed", "delivered", "relayed", "expanded"};
  if (std::ranges::find(kActions, status.action) == std::end(kActions) || status.status.empty()) return {};
  return status;
}

/// returned_id is the Message-ID in the part that holds the letter itself or its headers.
std::string returned_id(GMimeObject* part) {
  std::string id;
  if (GMIME_IS_MESSAGE_PART(part)) {
    GMimeMessage* message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
    const char* given = message == nullptr ? nullptr : g_mime_message_get_message_id(message);
    if (given != nullptr) id = "<" + std::string(given) + ">";
  } else if (is_type(part, "text", "rfc822-headers")) {
    const auto groups = field_groups(content_of(part));
    if (!groups.empty()) id = find_value(groups.front(), "message-id");
  }
  return id.size() <= 250 && is_plain_text(id) ? id : std::string();
}

/// letter_in_header looks for one of our bounce addresses in a message's header, wherever its mail server put it: Delivered-To,
/// X-Original-To, Envelope-To, To, Received. The address itself proves that it is ours.
std::optional<long long> letter_in_header(std::string_view message, const BounceAddress& ours) {
  constexpr std::size_t kMostHeader = 64 * 1024;
  constexpr int kMostTries = 100;
  std::string header(message.substr(0, std::min(message.find("\n\n"), kMostHeader)));
  header = to_lower(header.substr(0, header.find("\r\n\r\n")));
  int tries = 0;
  for (auto at = header.find("bounces+"); at != std::string::npos && tries++ < kMostTries; at = header.find("bounces+", at + 1)) {
    const auto end = header.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.@", at);
    if (const auto letter = ours.find_letter(std::string_view(header).substr(at, end - at))) return letter;
  }
  return {};
}

}  // namespace

Result<DeliveryReport> parse_delivery_report(ByteView bytes) {
  if (bytes.size() > kMostReportBytes) return fail(Code::too_large, "bounce.too_large");
  const auto message = parse_message(bytes);
  if (!message) return malformed("not a message");
  GMimeObject* root = g_mime_message_get_mime_part(message.get());
  if (!GMIME_IS_MULTIPART(root) || !is_type(root, "multipart", "report")) return malformed("not multipart/report");
  GMimeMultipart* parts = GMIME_MULTIPART(root);
  DeliveryReport report;
  for (int i = 0; i < g_mime_multipart_get_count(parts); ++i) {
    GMimeObject* part = g_mime_multipart_get_part(parts, i);
    if (report.message_id.empty()) report.message_id = returned_id(part);
    if (!is_type(part, "message", "delivery-status") || !report.statuses.empty()) continue;
    for (const Fields& fields : field_groups(content_of(part)))  // the first group speaks of the message: it has no Action
      if (auto status = read_status(fields); status && report.statuses.size() < kMostRecipients)
        report.statuses.push_back(std::move(*status));
  }
  if (report.statuses.empty()) return malformed("no delivery status");
  return report;
}

BounceKind judge_bounce(std::string_view status) {
  const bool of_sender = status == "5.1.7" || status == "5.1.8";
  const bool of_address =
      status.starts_with("5.0.") || status.starts_with("5.1.") || status == "5.2.0" || status == "5.2.1" || status == "5.4.4";
  return of_address && !of_sender ? BounceKind::hard : BounceKind::soft;
}

Result<std::vector<Bounce>> read_bounces(ByteView message, const BounceAddress& ours) {
  const auto letter = letter_in_header(as_text(message), ours);
  if (!letter) return fail(Code::unauthenticated, "bounce.unknown_address");
  auto report = parse_delivery_report(message);
  if (!report) return fail(report);
  std::vector<Bounce> bounces;
  for (DeliveryStatus& status : report->statuses)
    if (status.action == "failed")
      bounces.push_back({.letter = *letter,
                         .kind = judge_bounce(status.status),
                         .recipient = std::move(status.recipient),
                         .status = std::move(status.status),
                         .text = std::move(status.text),
                         .message_id = report->message_id});
  return bounces;
}

}  // namespace inkan::mail
