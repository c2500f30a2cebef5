#include "server/ceremony_options.hpp"

namespace inkan::server {

void add_ceremony_options(CLI::App& app, CeremonyWishes& wishes, bool& yes) {
  app.add_option("--root", wishes.root, "folder of the root's key, on a medium that goes into a safe")->type_name("DIR");
  app.add_option("--root-passphrase-file", wishes.root_passphrase_file, "file (mode 0600) with its passphrase")
      ->type_name("FILE")
      ->needs("--root");
  app.add_option("--witness", wishes.witnesses, "name of a witness, two or more: a record is printed for them to sign");
  app.add_option("--operator", wishes.operator_name, "name of the person who types, for the record");
  app.add_option("--record", wishes.record, "HTML file of the record. Default: ceremony-TIME.html in ca.folder")
      ->type_name("FILE");
  app.add_flag("--yes", yes, "do not ask; the record says so");
}

void add_next_root_options(CLI::App& app, CeremonyWishes& wishes) {
  app.add_option("--next-root", wishes.next_root, "folder of the next root's key, on a medium of its own. Default: as --root")
      ->type_name("DIR");
  app.add_option("--next-root-passphrase-file", wishes.next_root_passphrase_file, "file (mode 0600) with its passphrase")
      ->type_name("FILE")
      ->needs("--next-root");
  app.footer(
      "Examples:\n"
      "  inkan ca next-root --config FILE --root /media/root --root-passphrase-file FILE --next-root /media/root-g2 \\\n"
      "      --next-root-passphrase-file FILE --operator NAME --witness NAME --witness NAME\n"
      "Then: inkan ca rollover --institution ID --root /media/root-g2 …, for issuing CAs under the new root.");
}

}  // namespace inkan::server
