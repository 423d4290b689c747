// speak: reads each screen aloud (朗读). The words are the browser's: a kiosk needs a voice for its languages, which on
// Linux is speech-dispatcher. Where there is none the button says so, and pretends nothing.

const CODES = { "zh-CN": /^(zh|cmn)/i, en: /^en/i };

export class Speaker {
    #on = false;
    #last = "";

    constructor(i18n) {
        this.i18n = i18n;
    }

    #voice() {
        const voices = globalThis.speechSynthesis?.getVoices() ?? [];
        return voices.find((voice) => CODES[this.i18n.lang].test(voice.lang) && voice.localService) ?? null;
    }

    get possible() {
        return this.#voice() !== null;
    }

    set(on) {
        this.#on = on;
        this.#last = "";
        if (!on) {
            globalThis.speechSynthesis?.cancel();
        }
    }

    /* What is said stops for what is shown now; the same lines again are not said again. */
    say(lines) {
        const text = lines.filter(Boolean).join("。");
        const voice = this.#voice();
        if (!this.#on || !voice || text === this.#last) {
            return;
        }
        this.#last = text;
        speechSynthesis.cancel();
        for (const line of lines.filter(Boolean)) {
            const words = new SpeechSynthesisUtterance(spoken(line));
            words.voice = voice;
            words.lang = voice.lang;
            words.rate = 0.9;
            speechSynthesis.speak(words);
        }
    }
}

/* Numbers of tickets digit by digit: engines read A012 as "A twelve". */
function spoken(line) {
    return line.replace(/\b[A-Z]{1,3}\d{1,4}\b/g, (number) => [...number].join(" "));
}
