import { addCopyButtons } from './copy-buttons.ts';
import { addMenuButton } from './menu-button.ts';
import { addSearch } from './search-box.ts';
import { addThemeButton, applyStoredTheme } from './theme.ts';
import { makeWideContentFocusable } from './wide-content.ts';

// Before the page is drawn, so that it does not flash in the other colors.
applyStoredTheme();

document.addEventListener('DOMContentLoaded', () => {
  addThemeButton();
  addMenuButton();
  addCopyButtons();
  addSearch();
  makeWideContentFocusable();
});
