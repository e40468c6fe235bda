// Takes the pictures of the README: node picture.mjs CHROMIUM PAGE FOLDER
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [executablePath, page, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const tab = await browser.newPage({ viewport: { width: 1200, height: 1250 }, reducedMotion: "reduce" });
await tab.goto(pathToFileURL(page).href);
await tab.screenshot({ path: join(folder, "report.png") });
// The texts side by side, with one event chosen.
const reader = tab.locator(".reader");
await reader.locator("a.told").nth(2).click();
await tab.mouse.move(0, 0);
await reader.screenshot({ path: join(folder, "reader.png") });
await browser.close();
