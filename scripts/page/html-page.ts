import type { Running } from './running.ts'

/** What the page is made for. Everything else is computed in the page. */
export interface PageData {
  /** The name of the inventory, for messages. */
  readonly file: string
  readonly text: string
  readonly running?: Running
}

/** The code of the page, and its style sheet. */
export interface PageParts {
  readonly script: string
  readonly style: string
}

/** Forbids every request, and code that is made from text. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

/** One HTML file that needs nothing else. */
export function htmlPage(data: PageData, { script, style }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>mesos-bakery</title>
<style>
${style.trim()}
</style>
</head>
<body>
<header>
<h1 id="name">mesos-bakery</h1>
<p id="facts"></p>
<nav aria-label="sections">
<a href="#topology">Topology</a><a href="#plan">Plan</a><a href="#budget">User data budget</a><a href="#user-data">User data</a>
</nav>
</header>
<main>
<section class="inventory" aria-labelledby="inventory-title">
<div class="title"><h2 id="inventory-title">Inventory</h2><span id="file" class="dim"></span><span id="counts" role="status"></span></div>
<div id="editor"></div>
<div id="problems"></div>
<pre id="explanation" aria-live="polite"></pre>
<div class="tools"><button type="button" id="save">Save a copy</button><button type="button" id="reset">Discard changes</button></div>
</section>
<div class="views">
<p id="stale" role="status" hidden></p>
<section id="running-section" aria-labelledby="running-title" hidden><h2 id="running-title">Running cluster</h2><div id="running"></div></section>
<section id="topology" aria-labelledby="topology-title"><h2 id="topology-title">Topology</h2><div id="zones"></div><div id="talks"></div></section>
<section id="plan" aria-labelledby="plan-title"><h2 id="plan-title">Plan</h2><p class="dim">What a launch creates if nothing exists yet.</p><div id="steps"></div></section>
<section id="budget" aria-labelledby="budget-title"><h2 id="budget-title">User data budget</h2><div id="budgets"></div></section>
<section id="user-data" aria-labelledby="user-data-title"><h2 id="user-data-title">User data</h2><div id="nodes"></div><h3 id="document-title">user data</h3><p class="dim">The numbers are the lines of the inventory that a line was made from.</p><div id="document"></div></section>
</div>
</main>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>
${script.trim()}
</script>
</body>
</html>
`
}
