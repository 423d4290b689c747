// What hangs on the walls: window screens with the clerk's card, and how a screen is set up.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, call, Hall, leave, shows } from "./lib.mjs";

let hall;
before(async () => (hall = await Hall.open()));
after(() => hall.close());

test("the window screen shows of the clerk what the hall wants, while the clerk is there", async () => {
    const screen = await hall.page("/window/1", { viewport: { width: 960, height: 540 } });
    await shows(screen, "#state", "暂停服务");
    assert.ok(await screen.locator("#card").isHidden());
    await call(screen, "POST", "/api/v1/windows/1/open", { clerk: "zhang" });
    // The demo hall shows number, first character of the name, and title.
    await shows(screen, "#card", "工号 017张*社保业务岗");
    assert.doesNotMatch(await screen.content(), /张静/, "the name itself never comes to the page");
    await accessible(screen, "the window screen with a card");
    await call(screen, "POST", "/api/v1/windows/1/pause", { reason: "会议" });
    await shows(screen, "#reason", "会议");
    assert.ok(await screen.locator("#card").isVisible());
    await call(screen, "POST", "/api/v1/windows/1/resume", {});
    await call(screen, "POST", "/api/v1/windows/1/close", {});
    await screen.locator("#card").waitFor({ state: "hidden" });
    // Somebody of whom the document says nothing.
    await call(screen, "POST", "/api/v1/windows/1/open", { clerk: "sun" });
    await shows(screen, "#state", "空闲");
    assert.ok(await screen.locator("#card").isHidden());
    const english = await hall.page("/window/3?lang=en");
    await call(english, "POST", "/api/v1/windows/3/open", { clerk: "li" });
    await shows(english, "#card", "No. 023L*Fast lane");
    await leave(english);
    await leave(screen);
});
