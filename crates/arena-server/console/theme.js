// Before the first paint: the look that was chosen here, if one was.
(() => {
  try {
    const chosen = localStorage.getItem('arena.theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch { /* a browser that keeps nothing follows the system */ }
})();
