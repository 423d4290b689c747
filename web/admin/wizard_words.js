// wizard_words: the texts of the first-run wizard, in the page's language.

import { I18n } from "../shared/i18n.js";
import { messages } from "../shared/messages/wizard.js";

export const words = new I18n(messages);
