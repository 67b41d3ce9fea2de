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

// One letter goes to a page; not while something is typed, nor with a modifier.
if (!window.stockAspireShortcuts) {
  window.stockAspireShortcuts = true;
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], [role=dialog]")) return;
    document.querySelector(`[data-shortcut="${CSS.escape(event.key.toLowerCase())}"] a, a[data-shortcut="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
  });
}
