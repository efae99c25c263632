"""What the reviewer's pages call things."""

from __future__ import annotations

from pipeline.record import Action

REASON_NOT_ONES_OWN = "材料不是本人的"
REASONS_BACK = (
    "图像不清晰",
    REASON_NOT_ONES_OWN,
    "材料已过期",
    "缺少一面或一页",
    "被印章或反光遮挡",
)
REASONS_WAIVE = ("已核对原件", "部门间已核验", "不影响所办事项", "指南未作要求")
ACTION_LABELS = {
    Action.CONFIRM: "确认",
    Action.CORRECT: "更正",
    Action.READ_REGION: "框选识别",
    Action.UNREADABLE: "无法辨认",
    Action.WAIVE: "豁免",
    Action.SEND_BACK: "退回",
    Action.RECLASSIFY: "改材料种类",
    Action.ROTATE: "转正",
    Action.SPLIT: "拆分",
    Action.JOIN: "合并",
    Action.MOVE: "移到他件",
    Action.RECEIVE: "由他件移入",
    Action.UNDO: "撤销",
    Action.CHECKED: "抽查完毕",
}
