// All the script that is this dashboard's own.

const YearSeconds = 31536000;

export function setCookie(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YearSeconds}; samesite=strict`;
}

// The page answers from now on: until then it is the picture that came with the first response.
export function setAlive() {
  document.documentElement.dataset.alive = "true";
}

// Keeps a scrolling element at its end while lines come, until its reader scrolls up.
export function followEnd(element) {
  const nearEnd = () => element.scrollHeight - element.scrollTop - element.clientHeight < 40;
  const toEnd = () => { element.scrollTop = element.scrollHeight; };
  let follows = true;
  const onWheel = event => { if (event.deltaY < 0) follows = false; };
  const onScroll = () => { if (nearEnd()) follows = true; };
  const onKey = event => { if (["PageUp", "ArrowUp", "Home"].includes(event.key)) follows = false; };
  const onPointer = event => { if (event.offsetX > element.clientWidth || event.pointerType === "touch") follows = false; };
  const observer = new MutationObserver(() => { if (follows) toEnd(); });
  element.addEventListener("wheel", onWheel, { passive: true });
  element.addEventListener("scroll", onScroll, { passive: true });
  element.addEventListener("keydown", onKey);
  element.addEventListener("pointerdown", onPointer);
  observer.observe(element, { childList: true, subtree: true, attributes: true, characterData: true });
  toEnd();
  return {
    toEnd() { follows = true; toEnd(); },
    dispose() {
      observer.disconnect();
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("scroll", onScroll);
      element.removeEventListener("keydown", onKey);
      element.removeEventListener("pointerdown", onPointer);
    },
  };
}

// Tells when someone begins or ends to read in a list of newest first: scrolled down, pointing at a row, or at one with the
// keyboard. What is read must not move.
export function watchReader(element, list) {
  const rows = element.querySelector("tbody");
  let isPointing = false;
  let told = false;
  const tell = () => {
    const isRead = element.scrollTop > 0 || isPointing || rows.contains(document.activeElement);
    if (isRead === told) return;
    told = isRead;
    list.invokeMethodAsync("SetReadAsync", isRead);
  };
  const onPointer = event => {
    isPointing = event.type === "pointerover" && event.pointerType === "mouse" && rows.contains(event.target);
    tell();
  };
  const onFocus = () => queueMicrotask(tell);
  const listeners = { scroll: tell, pointerover: onPointer, pointerleave: onPointer, focusin: onFocus, focusout: onFocus };
  for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener, { passive: true });
  return {
    toNewest() { element.scrollTop = 0; tell(); },
    dispose() { for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener); },
  };
}

// Brings into sight a row that may not be drawn yet; rows have one height, the given one where none is drawn.
export function showRow(element, index, usualHeight) {
  const height = element.querySelector("tbody tr:has(td), .span-row:not(.head)")?.offsetHeight ?? usualHeight;
  const inSight = element.clientHeight - (element.querySelector("thead, .head")?.offsetHeight ?? 0);
  const top = index * height;
  if (top < element.scrollTop || top + height > element.scrollTop + inSight) element.scrollTop = top - inSight / 2;
}

// One letter goes to a page; not while something is typed, nor with a modifier.
if (!window.stockAspireShortcuts) {
  window.stockAspireShortcuts = true;
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], [role=dialog]")) return;
    document.querySelector(`[data-shortcut="${CSS.escape(event.key.toLowerCase())}"] a, a[data-shortcut="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
  });
}
