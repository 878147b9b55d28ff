package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.queue.WorkState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * The pages in a browser: what a function from request to response cannot show.
 *
 * <p>Goal: the link opens, forms are accepted, every reader can use the pages. Method: Debian's
 * Chromium on a served dashboard; axe-core on each page, light and dark, wide and narrow; pictures
 * of all of them in {@code target/screenshots}.
 */
class BrowserTest {
  @TempDir Path folder;
  private Browser browser;
  private Fixture store;
  private DashboardServer server;

  @BeforeEach
  void open() {
    browser = new Browser();
    store = new Fixture(TestStores.SQLITE, folder);
    server = DashboardServer.start(store.dashboard, 0);
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
      store.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  private String at(String target) {
    return "http://127.0.0.1:" + server.port() + target;
  }

  @Test
  void the_link_opens_the_dashboard_once_and_its_secret_leaves_the_address() {
    String link = server.url();
    browser.driver.get(link);

    assertThat(browser.driver.getCurrentUrl()).isEqualTo(at("/"));
    assertThat(browser.driver.findElement(By.tagName("h1")).getText()).isEqualTo("Overview");
    assertThat(browser.driver.executeScript("return document.cookie")).isEqualTo("");

    browser.driver.manage().deleteAllCookies();
    browser.driver.get(link);
    assertThat(browser.driver.getPageSource()).contains("has been used");
  }

  @Test
  void an_action_is_asked_for_and_then_done() {
    long id = store.buried("mail", dev.belay.queue.NewWork.of("p"), "boom");
    browser.driver.get(server.url());
    browser.driver.get(at("/queue?name=mail&state=BURIED"));
    browser.driver.findElement(By.linkText(Long.toString(id))).click();
    browser.driver.findElement(By.linkText("Retry…")).click();
    assertThat(store.queue("mail").find(id).orElseThrow().state()).isEqualTo(WorkState.BURIED);

    browser.driver.findElement(By.cssSelector("form button")).click();

    assertThat(browser.driver.findElement(By.className("notice")).getText())
        .contains("back in its queue");
    assertThat(store.queue("mail").find(id).orElseThrow().state()).isEqualTo(WorkState.READY);
  }

  @Test
  void a_page_refreshes_itself_and_can_be_paused() {
    browser.driver.get(server.url());
    browser.driver.get(at("/queues"));
    assertThat(browser.driver.findElement(By.tagName("main")).getText()).contains("No queue has");

    store.queue("mail").enqueue(dev.belay.queue.NewWork.of("p"));

    new WebDriverWait(browser.driver, Duration.ofSeconds(60))
        .until(driver -> driver.findElement(By.tagName("main")).getText().contains("mail"));
    WebElement pause = browser.driver.findElement(By.cssSelector(".refresh button"));
    pause.click();
    assertThat(browser.driver.findElement(By.className("live")).getText()).isEqualTo("Paused");
  }

  @Test
  void the_first_stop_of_the_keyboard_leads_to_the_content() {
    browser.driver.get(server.url());
    browser.driver.switchTo().activeElement().sendKeys(Keys.TAB);
    WebElement first = browser.driver.switchTo().activeElement();

    assertThat(first.getText()).isEqualTo("Skip to the content");
    first.sendKeys(Keys.ENTER);
    assertThat(browser.driver.switchTo().activeElement().getDomAttribute("id")).isEqualTo("main");
  }

  @Test
  void every_page_is_accessible_light_and_dark_wide_and_narrow() throws IOException {
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("overview-empty", "/");
    browser.driver.get(server.url());
    look(pages);

    store.fill();
    long dead = store.buried("mail", dev.belay.queue.NewWork.of("p"), "boom");
    long lease = store.belay.leases().find("leader").orElseThrow().token();
    store.clock.advance(Duration.ofMinutes(7));
    pages.clear();
    pages.put("overview", "/");
    pages.put("queues", "/queues");
    pages.put("queue", "/queue?name=mail");
    pages.put("queue-dead", "/queue?name=mail&state=BURIED");
    pages.put("queue-nothing", "/queue?name=mail&type=none");
    pages.put("work", "/work?queue=mail&id=" + dead + "&show=payload");
    pages.put("confirm-retry", "/retry?queue=mail&id=" + dead);
    pages.put("confirm-purge", "/purge?queue=mail&days=7");
    pages.put("confirm-release", "/release?name=leader&token=" + lease);
    pages.put("leases", "/leases");
    pages.put("sessions", "/sessions");
    pages.put("session", "/session?id=chat%2F42&show=state");
    pages.put("event", "/event?session=chat%2F42&seq=6");
    pages.put("events", "/events");
    pages.put("not-found", "/work?queue=mail&id=999999");
    look(pages);
  }

  private void look(Map<String, String> pages) throws IOException {
    for (Map.Entry<String, String> page : pages.entrySet()) {
      for (String scheme : new String[] {"light", "dark"}) {
        for (int width : new int[] {1280, 390}) {
          browser.scheme(scheme);
          browser.width(width);
          browser.driver.get(at(page.getValue()));
          String name = page.getKey() + "-" + scheme + "-" + width;
          browser.screenshot(name);
          assertThat(browser.findings()).as(name).isEmpty();
          assertThat(
                  (Long)
                      browser.driver.executeScript("return document.documentElement.scrollWidth"))
              .as(name)
              .isLessThanOrEqualTo(width);
        }
      }
    }
  }
}
