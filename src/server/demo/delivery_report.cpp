#include "server/demo/delivery_report.hpp"

#include <fmt/format.h>

#include "mail/message.hpp"

namespace inkan::server::demo {

std::optional<std::string> make_delivery_report(const ReceivedMail& mail, const std::string& recipient, Instant now) {
  const bool unknown = recipient.starts_with("bounce");
  if (!unknown && !recipient.starts_with("full")) return {};
  const char* status = unknown ? "5.1.1" : "5.2.2";
  const char* why = unknown ? "550 5.1.1 no such user" : "552 5.2.2 mailbox full";
  const std::string headers = mail.content.substr(0, mail.content.find("\r\n\r\n"));
  return fmt::format(
      "Return-Path: <>\r\n"
      "Delivered-To: {0}\r\n"
      "Date: {1}\r\n"
      "From: MAILER-DAEMON@localhost\r\n"
      "To: {0}\r\n"
      "Subject: Undelivered mail returned to sender\r\n"
      "Auto-Submitted: auto-replied\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status; boundary=\"=_demo\"\r\n\r\n"
      "--=_demo\r\nContent-Type: text/plain\r\n\r\nYour letter to {2} could not be delivered: {4}\r\n\r\n"
      "--=_demo\r\nContent-Type: message/delivery-status\r\n\r\n"
      "Reporting-MTA: dns; localhost\r\n\r\n"
      "Final-Recipient: rfc822; {2}\r\n"
      "Action: failed\r\n"
      "Status: {3}\r\n"
      "Diagnostic-Code: smtp; {4}\r\n\r\n"
      "--=_demo\r\nContent-Type: text/rfc822-headers\r\n\r\n{5}\r\n\r\n"
      "--=_demo--\r\n",
      mail.from, mail::to_mail_date(now), recipient, status, why, headers);
}

}  // namespace inkan::server::demo
