// The page at `/`: what this is, and the addresses to paste.
import { formatDay } from '../../base/date-key.ts';
import { NOTHING_PUBLISHED } from '../../base/feed-empty.ts';
import type { Generation } from '../../engines/engine.ts';
import type { Answer } from '../answer.ts';
import { FEED_ROOT, VERSION_ROOTS } from '../request/service-roots.ts';

/** `base` is the public address of the server; it needs no escaping, since it was checked to be a URL. */
export function answerFrontPage(base: string, generation: Generation | null): Answer {
  const feed = `${base}${FEED_ROOT}`;
  const beta = `${base}${VERSION_ROOTS.beta}`;
  const status =
    generation === null
      ? `${NOTHING_PUBLISHED} Run <code>npm run fleetfeed -- snapshot</code>.`
      : `Serving generation ${generation.id}: the snapshot of ${formatDay(generation.dateKey)}.`;
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fleetfeed</title>
<style>
  :root { color-scheme: light dark; --ink: #1c2733; --soft: #5b6b7b; --line: #d5dde5; --paper: #fff; --accent: #0b6bcb; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e4eaf0; --soft: #9aa9b8; --line: #33404d; --paper: #12181f; --accent: #6db3ff; }
  }
  body { margin: 0 auto; max-width: 46rem; padding: 3rem 1.5rem; color: var(--ink); background: var(--paper);
    font: 1rem/1.55 system-ui, sans-serif; }
  h1 { margin: 0; font-size: 1.9rem; letter-spacing: -0.02em; }
  h2 { margin: 2.2rem 0 0.4rem; font-size: 1.05rem; }
  p { margin: 0.5rem 0; }
  .soft { color: var(--soft); }
  .address { display: block; overflow-x: auto; padding: 0.7rem 0.9rem; border: 1px solid var(--line);
    border-radius: 0.4rem; font: 0.9rem/1.4 ui-monospace, monospace; white-space: nowrap; user-select: all; }
  a { color: var(--accent); }
  ul { padding-left: 1.2rem; }
</style>
<h1>Fleetfeed</h1>
<p class="soft">Your own Intune data warehouse: a snapshot every night, kept for ever, served as one OData feed.</p>
<p>${status}</p>

<h2>The feed</h2>
<code class="address">${feed}</code>
<p><b>Power BI:</b> Get data → OData feed → paste.
<b>Excel:</b> Data → Get Data → From Other Sources → From OData Feed → paste.</p>

<h2>The last seven days only</h2>
<code class="address">${feed}?maxhistorydays=7</code>

<h2>Beta: filter, sort and count on every column</h2>
<code class="address">${beta}</code>

<h2>Look around</h2>
<ul>
  <li><a href="${feed}">Collections</a> and <a href="${beta}">those of beta</a></li>
  <li><a href="${feed}/$metadata">Their columns, types and meaning</a></li>
  <li><a href="${base}/-/ready">Is it fresh?</a> <span class="soft">and</span> <a href="${base}/-/live">does it run?</a></li>
</ul>
</html>
`;
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html;charset=utf-8', 'Cache-Control': 'private, no-cache' },
    body: Buffer.from(page),
  };
}
