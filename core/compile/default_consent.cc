#include "compile/default_consent.h"

namespace countersign::compile {

json::Value DefaultConsent() {
  auto text = [](std::string_view words) { return json::Value::String(words); };
  json::Value slots = json::Value::Make({
      {"paperOption", text("You may ask the sender for this agreement on paper and sign it there "
                           "instead. You are not obliged "
                           "to sign electronically.")},
      {"scope", text("Your consent covers this agreement and the records that belong to it: its "
                     "copies, its audit trail "
                     "and notices about its signing. It covers nothing else.")},
      {"withdrawal",
       text(
           "You may withdraw your consent at any time before you sign: close this page or decline. "
           "Nothing is charged. Withdrawing later does not undo a signature that was given.")},
      {"contactUpdate", text("If your e-mail address or telephone number changes, tell the sender "
                             "through the contact named on "
                             "the first screen.")},
      {"copy", text("You can save and print the agreement on this device as soon as you have "
                    "signed, and ask the sender "
                    "for a paper copy at any time. Neither costs anything.")},
      {"requirements", text("You need a current web browser on a phone, tablet or computer, room "
                            "to save a file, and a "
                            "connection once to open the link and once to send your signature.")},
  });
  return json::Value::Make({
      {"id", text("countersign-electronic-signing")},
      {"version", text("1")},
      {"locale", text("en")},
      {"summary", text("I agree to receive and sign this agreement electronically. I have read how "
                       "to get it on paper, how "
                       "to withdraw, and what I need to open and keep it.")},
      {"slots", std::move(slots)},
  });
}

}  // namespace countersign::compile
