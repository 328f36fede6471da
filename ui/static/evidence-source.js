// From the chips of an answer to the paragraphs that they cite: ../p/ARTICLE/N?v=VERSION&at=START-END, and what
// GET api/paragraphs says of them. Addresses are found from where this file is, static/, whatever the page.

const PARAGRAPHS = new URL("../api/paragraphs", import.meta.url);
const PATIENCE = 20_000; // milliseconds that the server may take

/** Return where a chip leads, {id, at, article, number, version}; null where that is no paragraph. */
export function citedBy(chip) {
  const url = new URL(chip.href);
  const [, article, number] = url.pathname.match(/\/p\/([^/]+)\/(\d+)$/) ?? [];
  if (!article) return null;
  const version = url.searchParams.get("v");
  const id = version ? `${article}@${version}#${number}` : `${article}#${number}`;
  return { id, at: url.searchParams.get("at") ?? "", article, number, version };
}

/** Return the paragraphs that chips cite, each once and in their order, with all its stretches and all its numbers. */
export function citedParagraphs(chips) {
  const paragraphs = new Map();
  for (const chip of chips) {
    const cited = citedBy(chip);
    if (!cited) continue;
    if (!paragraphs.has(cited.id)) paragraphs.set(cited.id, { ...cited, stretches: [], markers: [] });
    const { stretches, markers } = paragraphs.get(cited.id);
    const [marker] = chip.textContent.match(/^\d+$/) ?? []; // a paragraph that only comes near has none
    if (!stretches.includes(cited.at)) stretches.push(cited.at);
    if (marker && !markers.includes(marker)) markers.push(marker);
  }
  return [...paragraphs.values()];
}

/** Return for each paragraph what the API says of each of its stretches, or null where the library has it no more. */
export async function load(paragraphs) {
  const asked = paragraphs.flatMap(({ id, stretches }) => stretches.flatMap((at) => [["id", id], ["at", at]]));
  const address = `${PARAGRAPHS}?${new URLSearchParams(asked)}`;
  const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
  const isUnknown = response.status === 404 || response.status === 400; // no such article, or no such words in it
  if (isUnknown) return paragraphs.length > 1 ? loadOneByOne(paragraphs) : [null];
  const body = await response.json();
  if (!response.ok) throw new Error("the server refuses", { cause: body.detail });
  const entries = body.paragraphs.values();
  return paragraphs.map(({ stretches }) => stretches.map(() => entries.next().value));
}

// One paragraph that was removed makes the whole request fail; the others can still be shown.
async function loadOneByOne(paragraphs) {
  return (await Promise.all(paragraphs.map((paragraph) => load([paragraph])))).flat();
}

/** Return another paragraph of the same version of an article; null where it cannot be had. */
export async function loadOther({ article_id: article, version }, number) {
  const [found] = await load([{ id: `${article}@${version}#${number}`, stretches: [""] }]).catch(() => [null]);
  return found?.[0] ?? null;
}

export function articlePage(article) {
  return new URL(`../p/${article}`, import.meta.url).href;
}

/** Return the address of the page of the article, at this paragraph, with all cited stretches marked. */
export function permalink({ article, number, version, stretches }) {
  const asked = [["v", version], ...stretches.map((at) => ["at", at])].filter(([, value]) => value);
  return `${articlePage(article)}/${number}?${new URLSearchParams(asked)}#p${number}`;
}
