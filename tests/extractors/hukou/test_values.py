"""What a field of the booklet prints, as its canonical value and with what is doubtful of it."""

from __future__ import annotations

import pytest

from extractors.hukou.values import read_hukou_value
from extractors.hukou.words import field_of_item

UNFIT, UNUSUAL = "内容不合该栏的格式", "不是常见的填写内容"
DATE, UNKNOWN = "其中的日期不完整或不存在", "未找到已知的县（市、区）"

MOVED, NOWHERE = "2008年4月25日由广西宾阳县迁来", "2008年4月25日由广西虎丘县迁来"
NO_DAY = "2008年4月35日由广西宾阳县迁来"

ROWS: list[tuple[str, str, str, str | None]] = [
    ("sex", "女", "女", None),
    ("sex", "妇", "妇", UNFIT),
    ("relation_to_head", "长女", "长女", None),
    ("ethnicity", "壮族", "壮族", None),
    ("ethnicity", "壮汉", "壮汉", UNUSUAL),
    ("id_number", "450103199003079121", "450103199003079121", None),
    ("id_number", "450103199003079122", "450103199003079122", "号码位数或校验位不符"),
    ("id_number", "450103900307912", "450103900307912", "十五位号码，无校验位可核"),
    ("height", "165厘米", "165厘米", None),
    ("height", "1.65米", "1.65米", None),
    ("height", "265", "265", "数值超出常见范围"),
    ("height", "高", "高", UNFIT),
    ("education", "文盲", "文盲", None),
    ("education", "文旨", "文旨", UNUSUAL),
    ("education", "硕士研究生毕业", "硕士研究生毕业", None),
    ("education", "初级中学", "初级中学", None),
    ("religion", "怫教", "怫教", UNUSUAL),
    ("blood_type", "0型", "O型", None),
    ("blood_type", "C型", "C型", UNFIT),
    ("registration_date", "2015年2月3日", "2015-02-03", None),
    ("registration_date", "2015年2月3日签发", "2015-02-03", None),
    ("registration_date", "2015年2月", "2015-02", "不是完整的日期"),
    ("registration_date", "昨日", "", "不是完整的日期"),
    ("name", "韦小芳", "韦小芳", None),
    ("name", "韦小芳住址1", "韦小芳住址1", "姓名的字数或用字不常见"),
    ("former_name", "无", "无", None),
    ("former_name", "韦丽", "韦丽", None),
    ("address", "广西南宁市青秀区民族大道1号", "广西南宁市青秀区民族大道1号", None),
    ("address", "广西南宁市青秃区民族大道1号", "广西南宁市青秃区民族大道1号", "地名疑为“青秀区”"),
    ("native_place", "广茜壮族自治区马山县", "广茜壮族自治区马山县", "地名疑为“广西壮族自治区”"),
    ("address", "广西虎丘县", "广西虎丘县", UNKNOWN),
    ("address", "民族大道1号", "民族大道1号", None),
    ("native_place", "广西宾阳县", "广西宾阳县", None),
    ("native_place", "缅甸", "缅甸", None),
    ("native_place", "某处", "某处", "未找到已知的地名"),
    ("household_number", "000028901", "000028901", None),
    ("household_number", "二八九", "二八九", UNFIT),
    ("household_type", "居民家庭户", "居民家庭户", None),
    ("household_type", "渔业船民户", "渔业船民户", None),
    ("household_type", "家庭", "家庭", UNUSUAL),
    ("marital_status", "未婚", "未婚", None),
    ("marital_status", "单身", "单身", UNUSUAL),
    ("military_service", "未服兵没", "未服兵没", "疑为“未服兵役”"),
    ("military_service", "未服役", "未服役", "疑为“未服兵役”"),
    ("move_in_from_city", "久居", "久居", None),
    ("move_in_from_city", MOVED, MOVED, None),
    ("move_in_from_city", NOWHERE, NOWHERE, UNKNOWN),
    ("move_in_from_city", NO_DAY, NO_DAY, DATE),
    ("move_in_from_city", "08425由广西宾阳县迁来", "08425由广西宾阳县迁来", DATE),
    ("move_in_from_city", "2008-04-25 广西宾阳县", "2008-04-25 广西宾阳县", None),
    ("move_in_from_city", "婚后投靠", "婚后投靠", UNUSUAL),
    ("move_in_from_city", "因分户立户登记", "因分户立户登记", None),
    ("address", "广西乐业县樟镇三村5号", "广西乐业县樟镇三村5号", "乡镇名称疑缺字"),
    ("address", "广西宾阳县翠湖路107号8栋3单元", "广西宾阳县翠湖路107号8栋3单元", "地址似不完整"),
    ("address", "广西凤山县下坑乡第四村民小", "广西凤山县下坑乡第四村民小", "地址似不完整"),
    ("address", "广西凤山县下坑乡第四村民小组", "广西凤山县下坑乡第四村民小组", None),
    ("address", "广西桂平市龙禾镇雅旺村107", "广西桂平市龙禾镇雅旺村107", "地址似不完整"),
    ("address", "广西桂平市城南路9号3栋1单元502", "广西桂平市城南路9号3栋1单元502", None),
    ("address", "广西桂平市城南路9号3-502", "广西桂平市城南路9号3-502", None),
    ("occupation", "教师", "教师", None),
    ("occupation", "、_|", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("field", "text", "value", "doubt"), ROWS)
def test_printed_text_has_its_value_and_its_doubt(
    field: str, text: str, value: str, doubt: str | None
) -> None:
    read = read_hukou_value(field, text)
    assert (read.value, read.doubts) == (value, () if doubt is None else (doubt,))


@pytest.mark.parametrize(
    ("item", "field"),
    [("姓名", "name"), ("公民身份号码", "id_number"), ("服务处所", "employer"), ("发色", None)],
)
def test_an_item_of_the_page_of_changes_names_a_field(item: str, field: str | None) -> None:
    assert field_of_item(item) == field
