// alarm: makes itself felt when the number is called: vibration, and a tone once the owner has
// allowed sound by a tap (browsers play none before).

let audio = null;

export function allowSound() {
    audio = new AudioContext();
    beep();
}

function beep() {
    for (let i = 0; i < 2; i++) {
        const tone = audio.createOscillator();
        const volume = audio.createGain();
        tone.frequency.value = i === 0 ? 880 : 660;
        volume.gain.value = 0.25;
        tone.connect(volume).connect(audio.destination);
        tone.start(audio.currentTime + i * 0.35);
        tone.stop(audio.currentTime + i * 0.35 + 0.3);
    }
}

export function alarm() {
    // Without a touch before, browsers refuse to vibrate and say so in the console: ask first.
    if (navigator.userActivation?.hasBeenActive) {
        navigator.vibrate?.([400, 200, 400, 200, 400]);
    }
    if (audio) {
        beep();
    }
}
