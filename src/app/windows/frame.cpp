#include "app/windows/frame.hpp"

#include <windows.h>

#include <commctrl.h>

#include <algorithm>
#include <deque>
#include <mutex>

#include "base/result.hpp"
#include "base/windows/text.hpp"

namespace inkan::app {
namespace {

constexpr const wchar_t* kClass = L"InkanApp";
constexpr UINT kWork = WM_APP + 1;
constexpr int kFirstAct = 100;
constexpr int kWidth = 640, kHeight = 560, kMargin = 28, kGap = 12, kButton = 34, kLine = 30, kList = 130;

/// wide_label is a label as Windows writes it: mnemonics are the same, line ends are not.
std::wstring wide_label(const std::string& text) {
  std::wstring out;
  for (const wchar_t c : to_wide(text)) {
    if (c == L'\n') out += L'\r';
    out += c;
  }
  return out;
}

}  // namespace

struct Frame::State {
  std::function<bool()> may_close;
  std::wstring title;
  HWND window = nullptr;
  HFONT font = nullptr, strong = nullptr;
  Page page;
  std::vector<HWND> parts;   // one for each part of the page, the control that holds its value or words
  std::vector<HWND> labels;  // above fields and lists; null elsewhere
  std::vector<HWND> acts;
  HWND foot = nullptr;
  std::mutex mutex;
  std::deque<std::function<void()>> told;

  int scaled(int size) const { return MulDiv(size, static_cast<int>(GetDpiForWindow(window)), USER_DEFAULT_SCREEN_DPI); }

  void make_fonts() {
    NONCLIENTMETRICSW metrics{};
    metrics.cbSize = sizeof metrics;
    SystemParametersInfoW(SPI_GETNONCLIENTMETRICS, sizeof metrics, &metrics, 0);
    LOGFONTW face = metrics.lfMessageFont;
    face.lfHeight = -scaled(16);
    for (HFONT* old : {&font, &strong})
      if (*old != nullptr) DeleteObject(*old);
    font = CreateFontIndirectW(&face);
    face.lfHeight = -scaled(20);
    face.lfWeight = FW_BOLD;
    strong = CreateFontIndirectW(&face);
  }

  HWND add(const wchar_t* kind, const std::wstring& text, DWORD style, int id = 0) {
    const HWND made = CreateWindowExW(0, kind, text.c_str(), WS_CHILD | WS_VISIBLE | style, 0, 0, 10, 10, window,
                                      reinterpret_cast<HMENU>(static_cast<INT_PTR>(id)), GetModuleHandleW(nullptr), nullptr);
    SendMessageW(made, WM_SETFONT, reinterpret_cast<WPARAM>(font), TRUE);
    return made;
  }

  void clear() {
    for (auto* group : {&parts, &labels, &acts}) {
      for (const HWND control : *group)
        if (control != nullptr) DestroyWindow(control);
      group->clear();
    }
    if (foot != nullptr) DestroyWindow(foot);
    foot = nullptr;
  }

  void build() {
    for (const Page::Part& part : page.parts) {
      const bool typed = part.kind == Page::Kind::field || part.kind == Page::Kind::secret;
      const std::wstring words = wide_label(part.text);
      labels.push_back(typed || part.kind == Page::Kind::list ? add(L"STATIC", words, 0) : nullptr);
      HWND control = nullptr;
      if (typed) {
        const DWORD hidden = part.kind == Page::Kind::secret ? ES_PASSWORD : 0;
        control = add(L"EDIT", to_wide(part.value), WS_TABSTOP | WS_BORDER | ES_AUTOHSCROLL | hidden);
      } else if (part.kind == Page::Kind::list) {
        control = add(L"LISTBOX", L"", WS_TABSTOP | WS_BORDER | WS_VSCROLL | LBS_NOTIFY);
        for (const std::string& row : part.rows)
          SendMessageW(control, LB_ADDSTRING, 0, reinterpret_cast<LPARAM>(to_wide(row).c_str()));
        SendMessageW(control, LB_SETCURSEL, 0, 0);
      } else if (part.kind == Page::Kind::waiting) {
        control = add(PROGRESS_CLASSW, words, PBS_MARQUEE);
        SendMessageW(control, PBM_SETMARQUEE, TRUE, 0);
      } else {
        control = add(L"STATIC", words, SS_NOPREFIX);
        if (part.kind == Page::Kind::heading) SendMessageW(control, WM_SETFONT, reinterpret_cast<WPARAM>(strong), TRUE);
      }
      parts.push_back(control);
    }
    int id = kFirstAct;
    for (const Page::Act& act : page.acts) {
      const DWORD kind = id == kFirstAct ? BS_DEFPUSHBUTTON : BS_PUSHBUTTON;
      acts.push_back(add(L"BUTTON", wide_label(act.label), WS_TABSTOP | kind, id++));
    }
    foot = add(L"STATIC", to_wide(page.code), SS_RIGHT);
    SetWindowTextW(window, (title + L" – " + to_wide(page.title)).c_str());
  }

  int height_of(HWND control, int width, HFONT with) const {
    std::wstring text(static_cast<std::size_t>(GetWindowTextLengthW(control)) + 1, L'\0');
    text.resize(static_cast<std::size_t>(GetWindowTextW(control, text.data(), static_cast<int>(text.size()))));
    RECT box{0, 0, width, 0};
    const HDC canvas = GetDC(window);
    const HGDIOBJ before = SelectObject(canvas, with);
    DrawTextW(canvas, text.c_str(), static_cast<int>(text.size()), &box, DT_CALCRECT | DT_WORDBREAK | DT_NOPREFIX);
    SelectObject(canvas, before);
    ReleaseDC(window, canvas);
    return box.bottom;
  }

  void place() {
    RECT client{};
    GetClientRect(window, &client);
    const int left = scaled(kMargin), width = client.right - 2 * left;
    int top = scaled(kGap);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (labels[i] != nullptr) {
        const int height = height_of(labels[i], width, font);
        MoveWindow(labels[i], left, top, width, height, TRUE);
        top += height + scaled(4);
      }
      int height = scaled(kLine);
      switch (page.parts[i].kind) {
        case Page::Kind::list: height = scaled(kList); break;
        case Page::Kind::heading: height = height_of(parts[i], width, strong); break;
        case Page::Kind::text:
        case Page::Kind::notice: height = height_of(parts[i], width, font); break;
        case Page::Kind::waiting: height = scaled(16); break;
        default: break;
      }
      MoveWindow(parts[i], left, top, width, height, TRUE);
      top += height + scaled(kGap);
    }
    top = std::max(top, static_cast<int>(client.bottom) - scaled(kButton + 2 * kGap + kLine));
    int from = left;
    for (const HWND act : acts) {
      const int size = std::max(scaled(120), static_cast<int>(GetWindowTextLengthW(act)) * scaled(15) + scaled(24));
      MoveWindow(act, from, top, size, scaled(kButton), TRUE);
      from += size + scaled(kGap);
    }
    MoveWindow(foot, left, static_cast<int>(client.bottom) - scaled(kLine), width, scaled(kLine - 6), TRUE);
    InvalidateRect(window, nullptr, TRUE);
  }

  void begin() {
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (labels[i] != nullptr) return static_cast<void>(SetFocus(parts[i]));
    SetFocus(acts.empty() ? window : acts.front());
  }

  void press(std::size_t index) {
    if (index >= page.acts.size()) return;
    Typed typed;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Page::Kind kind = page.parts[i].kind;
      if (kind == Page::Kind::list) typed.row = static_cast<int>(SendMessageW(parts[i], LB_GETCURSEL, 0, 0));
      if (kind != Page::Kind::field && kind != Page::Kind::secret) continue;
      std::wstring text(static_cast<std::size_t>(GetWindowTextLengthW(parts[i])) + 1, L'\0');
      text.resize(static_cast<std::size_t>(GetWindowTextW(parts[i], text.data(), static_cast<int>(text.size()))));
      typed.fields.emplace_back(to_utf8(text));
      SecureZeroMemory(text.data(), text.size() * sizeof(wchar_t));
      if (kind == Page::Kind::secret) SetWindowTextW(parts[i], L"");
    }
    const auto act = page.acts[index].press;  // the act may throw its own page away
    act(std::move(typed));
  }

  void work() {
    std::deque<std::function<void()>> now;
    {
      const std::scoped_lock lock(mutex);
      now.swap(told);
    }
    for (const auto& one : now) one();
  }

  static LRESULT CALLBACK handle(HWND window, UINT message, WPARAM first, LPARAM second) {
    auto* state = reinterpret_cast<State*>(GetWindowLongPtrW(window, GWLP_USERDATA));
    if (state == nullptr) return DefWindowProcW(window, message, first, second);
    switch (message) {
      case kWork: state->work(); return 0;
      case WM_SIZE: state->place(); return 0;
      case WM_DPICHANGED: {
        const auto* box = reinterpret_cast<const RECT*>(second);
        state->make_fonts();
        for (auto* group : {&state->parts, &state->labels, &state->acts})
          for (const HWND control : *group)
            if (control != nullptr) SendMessageW(control, WM_SETFONT, reinterpret_cast<WPARAM>(state->font), TRUE);
        SetWindowPos(window, nullptr, box->left, box->top, box->right - box->left, box->bottom - box->top,
                     SWP_NOZORDER | SWP_NOACTIVATE);
        return 0;
      }
      case WM_COMMAND: {
        const int id = LOWORD(first);
        if (id == IDCANCEL) return state->press(state->page.acts.size() - 1), 0;
        if (id == IDOK) return state->press(0), 0;
        if (id >= kFirstAct && HIWORD(first) == BN_CLICKED) state->press(static_cast<std::size_t>(id - kFirstAct));
        if (HIWORD(first) == LBN_DBLCLK && id == 0) state->press(0);
        return 0;
      }
      case WM_CTLCOLORSTATIC:
        SetBkColor(reinterpret_cast<HDC>(first), GetSysColor(COLOR_WINDOW));
        SetTextColor(reinterpret_cast<HDC>(first), GetSysColor(COLOR_WINDOWTEXT));
        return reinterpret_cast<LRESULT>(GetSysColorBrush(COLOR_WINDOW));
      case WM_CLOSE:
        if (state->may_close()) DestroyWindow(window);
        return 0;
      case WM_DESTROY:
        state->window = nullptr;
        PostQuitMessage(0);
        return 0;
      default: return DefWindowProcW(window, message, first, second);
    }
  }
};

Frame::Frame(std::string title, std::function<bool()> may_close) : state_(std::make_unique<State>()) {
  state_->may_close = std::move(may_close);
  state_->title = to_wide(title);
  INITCOMMONCONTROLSEX controls{sizeof controls, ICC_PROGRESS_CLASS | ICC_STANDARD_CLASSES};
  InitCommonControlsEx(&controls);
  WNDCLASSEXW kind{};
  kind.cbSize = sizeof kind;
  kind.lpfnWndProc = State::handle;
  kind.hInstance = GetModuleHandleW(nullptr);
  kind.hCursor = LoadCursorW(nullptr, IDC_ARROW);
  kind.hIcon = LoadIconW(kind.hInstance, MAKEINTRESOURCEW(1));
  kind.hbrBackground = GetSysColorBrush(COLOR_WINDOW);
  kind.lpszClassName = kClass;
  RegisterClassExW(&kind);
  state_->window = CreateWindowExW(WS_EX_CONTROLPARENT, kClass, state_->title.c_str(), WS_OVERLAPPEDWINDOW, CW_USEDEFAULT,
                                   CW_USEDEFAULT, kWidth, kHeight, nullptr, nullptr, kind.hInstance, nullptr);
  check(state_->window != nullptr, "no window could be made");
  SetWindowLongPtrW(state_->window, GWLP_USERDATA, reinterpret_cast<LONG_PTR>(state_.get()));
  SetWindowPos(state_->window, nullptr, 0, 0, state_->scaled(kWidth), state_->scaled(kHeight), SWP_NOMOVE | SWP_NOZORDER);
  state_->make_fonts();
}

Frame::~Frame() {
  if (state_->window != nullptr) {
    SetWindowLongPtrW(state_->window, GWLP_USERDATA, 0);
    DestroyWindow(state_->window);
  }
  DeleteObject(state_->font);
  DeleteObject(state_->strong);
}

void Frame::show(Page page) {
  if (state_->window == nullptr) return;
  state_->clear();
  state_->page = std::move(page);
  state_->build();
  state_->place();
  state_->begin();
}

void Frame::change(std::size_t part, const std::string& text) {
  if (part >= state_->parts.size()) return;
  SetWindowTextW(state_->parts[part], wide_label(text).c_str());
  state_->place();
}

void Frame::tell(std::function<void()> work) {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->told.push_back(std::move(work));
  }
  PostMessageW(state_->window, kWork, 0, 0);
}

void Frame::forget() {
  std::deque<std::function<void()>> gone;
  {
    const std::scoped_lock lock(state_->mutex);
    gone.swap(state_->told);
  }
  state_->page = {};
}

void Frame::close() {
  if (state_->window != nullptr) SendMessageW(state_->window, WM_CLOSE, 0, 0);
}

void Frame::run() {
  ShowWindow(state_->window, SW_SHOW);
  state_->begin();
  MSG message;
  while (GetMessageW(&message, nullptr, 0, 0) > 0) {
    if (state_->window != nullptr && IsDialogMessageW(state_->window, &message)) continue;
    TranslateMessage(&message);
    DispatchMessageW(&message);
  }
}

}  // namespace inkan::app
