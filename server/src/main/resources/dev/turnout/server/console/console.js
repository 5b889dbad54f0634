// Keeps a page as the server has it now: on every word of the event stream it is asked for again and what differs is
// changed in place. Without this script all of the console works; it is then as old as its last load.

const live = document.getElementById('live');
let busy = false;
let again = false;
let lastAsked = 0;
const SHORTEST_MS = 400;
const NET_MS = 20_000;

/** What somebody is at must not change under their hands. */
function inUse(element) {
  return element.matches?.(':popover-open')
    || (element === document.activeElement && element.matches('input, select, textarea'));
}

function attributes(from, to) {
  for (const { name } of [...from.attributes]) {
    // Whether it is open, or what was typed, is the page's own business.
    if (!to.hasAttribute(name) && !(name === 'open' && from.localName === 'details')) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}

function same(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id ?? '') === (b.id ?? '');
}

/** Makes `from` look like `to`, keeping what can be kept: focus, open parts, typed text. */
function morph(from, to) {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (inUse(from) || from.isEqualNode(to)) return;
  attributes(from, to);
  const kept = new Map([...from.children].filter(child => child.id).map(child => [child.id, child]));
  let next = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const known = wanted.id ? kept.get(wanted.id) : null;
    if (known && known !== next) {
      from.insertBefore(known, next);
      next = known;
    }
    if (next && same(next, wanted)) {
      morph(next, wanted);
      next = next.nextSibling;
    } else {
      from.insertBefore(document.importNode(wanted, true), next);
    }
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    if (gone.nodeType !== Node.ELEMENT_NODE || !gone.querySelector(':popover-open, :focus')) gone.remove();
  }
}

async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    const wait = lastAsked + SHORTEST_MS - Date.now();
    if (wait > 0) await new Promise(passed => setTimeout(passed, wait));
    lastAsked = Date.now();
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, cache: 'no-store' });
    if (answer.status === 401) {
      location.reload();
      return;
    }
    if (!answer.headers.get('Content-Type')?.startsWith('text/html')) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const passing = document.querySelector('[data-passing]');
    for (const part of ['main', '.right', 'nav', '.foot']) {
      const from = document.querySelector(part);
      const to = fresh.querySelector(part);
      if (!from || !to) continue;
      // The answer to a form is nowhere to be asked for again.
      if (part === 'main' && from.querySelector('[data-still]')) continue;
      if (part === '.right') to.querySelector('#live')?.replaceWith(live.cloneNode(true));
      if (part === 'main' && passing) to.querySelector('#notes')?.append(passing.cloneNode(true));
      morph(from, to);
    }
    document.title = fresh.title;
  } catch {
    say('off', 'not live');
  } finally {
    busy = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

function say(state, word) {
  live.dataset.state = state;
  live.querySelector('.word').textContent = word;
}

// What has just been done is told once: a reload must not tell it again.
const here = new URL(location.href);
if (here.searchParams.has('done')) {
  here.searchParams.delete('done');
  history.replaceState(null, '', here);
}

const events = new EventSource('/console/events');
let first = true;
events.addEventListener('open', () => say('on', 'live'));
events.addEventListener('error', () => say('off', 'not live'));
events.addEventListener('changed', () => {
  // The first word comes with the connection, and this page is as new as that; after a break it may not be.
  if (!first) refresh();
  first = false;
});
setInterval(() => { if (!document.hidden) refresh(); }, NET_MS);
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });

// A preview follows what is typed.
let typing;
document.addEventListener('input', event => {
  const form = event.target.closest('form[data-preview]');
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    const to = new URL(form.action);
    to.search = new URLSearchParams(new FormData(form)).toString();
    history.replaceState(null, '', to);
    refresh();
  }, 250);
});
document.addEventListener('submit', event => {
  if (event.target.matches('form[data-preview]')) {
    event.preventDefault();
    const to = new URL(event.target.action);
    to.search = new URLSearchParams(new FormData(event.target)).toString();
    history.replaceState(null, '', to);
    refresh();
  }
});
